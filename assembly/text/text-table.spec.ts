import { text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { TextTable } from "./text-table";

describe("a table of texts", () => {
  it("has one entry for each text, however many there are", () => {
    const table = TextTable.open(Region.open());
    for (let i: u32 = 0; i < 1000; i++) table.entry(text(i.toString())).value = i;
    let wrong = 0;
    for (let i: u32 = 0; i < 1000; i++) if (table.entry(text(i.toString())).value != i) wrong++;
    expect(wrong).toBe(0);
    expect<u32>(table.entry(text("1000")).value).toBe(0);
  });

  it("tells texts apart that differ only in the case of their letters, which its hash does not", () => {
    const table = TextTable.open(Region.open());
    table.entry(text("a")).value = 1;
    expect<u32>(table.entry(text("A")).value).toBe(0);
    expect<u32>(table.entry(text("")).value).toBe(0);
    expect<u32>(table.entry(text("a")).value).toBe(1);
  });
});
