import { text } from "../../test/support/spec/bytes";
import { resetArena } from "../memory/arena";
import { beginLine, textOf } from "./line";

describe("a line", () => {
  it("begins empty each time, in the memory of the one before", () => {
    const first = beginLine();
    first.text(text("abc"));
    const address = changetype<usize>(first);
    const second = beginLine();
    expect(changetype<usize>(second) == address).toBe(true);
    expect<u32>(second.length).toBe(0);
  });

  it("is copied, so that it stays when the next one begins", () => {
    resetArena();
    const line = beginLine();
    line.text(text("first"));
    const kept = textOf(line);
    beginLine().text(text("other"));
    expect(kept.toString()).toBe("first");
    beginLine();
    expect(textOf(beginLine()).toString()).toBe("");
  });

  it("grows to what is written, and needs no room for less", () => {
    resetArena();
    const line = beginLine();
    for (let i = 0; i < 10000; i++) line.byte(0x61);
    expect<u32>(textOf(line).length).toBe(10000);
    const start = line.start;
    const again = beginLine();
    for (let i = 0; i < 10000; i++) again.byte(0x62);
    expect(again.start == start).toBe(true);
  });
});
