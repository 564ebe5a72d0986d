import { specRegion, text } from "../../../test/support/spec/bytes";
import { context } from "../test/spec/trace-contexts";
import { Entry } from "./entry";

/** An entry for a key, of the trace 1…2. */
function entry(hash: u32, key: string, tracestate: string): Entry {
  const made = changetype<Entry>(specRegion().take(256));
  const keyBytes = text(key);
  const list = text(tracestate);
  made.hash = hash;
  made.keyLength = <u16>keyBytes.length;
  made.tracestateLength = <u16>list.length;
  made.traceHigh = 1;
  made.traceLow = 2;
  memory.copy(made.key, keyBytes.start, keyBytes.length);
  memory.copy(made.tracestate, list.start, list.length);
  return made;
}

function isFor(made: Entry, hash: u32, key: string): bool {
  const bytes = text(key);
  return made.isFor(hash, bytes.start, bytes.length);
}

describe("an entry", () => {
  it("takes 53 bytes, its key and its tracestate, up to a multiple of 8", () => {
    // 4 + 4 + 8 for size, hash and time; 3 · 8 for the ids; 2 + 2 for the lengths; 4 + 4 + 1 for the rest.
    expect<u32>(Entry.sizeFor(0, 0)).toBe(56);
    expect<u32>(Entry.sizeFor(3, 0)).toBe(56);
    expect<u32>(Entry.sizeFor(4, 0)).toBe(64);
    expect<u32>(Entry.sizeFor(3, 8)).toBe(64);
    expect<u32>(Entry.sizeFor(3, 9)).toBe(72);
    expect<u32>(Entry.sizeFor(256, 512)).toBe(824);
  });

  it("has the key and the tracestate behind it", () => {
    const made = entry(7, "key", "a=b");
    expect(String.UTF8.decodeUnsafe(made.key, made.keyLength)).toBe("key");
    expect(String.UTF8.decodeUnsafe(made.tracestate, made.tracestateLength)).toBe("a=b");
    expect<usize>(made.tracestate - made.key).toBe(3);
  });

  it("is for its own key alone, to the last byte and bit of the hash", () => {
    const made = entry(0x80000001, "key", "a=b");
    expect<bool>(isFor(made, 0x80000001, "key")).toBe(true);
    expect<bool>(isFor(made, 0x80000000, "key")).toBe(false);
    expect<bool>(isFor(made, 0x00000001, "key")).toBe(false);
    expect<bool>(isFor(made, 0x80000001, "kez")).toBe(false);
    expect<bool>(isFor(made, 0x80000001, "Key")).toBe(false);
    expect<bool>(isFor(made, 0x80000001, "ke")).toBe(false);
    expect<bool>(isFor(made, 0x80000001, "keya")).toBe(false);
    expect<bool>(isFor(made, 0x80000001, "keya=b")).toBe(false);
  });

  it("is of a trace by both halves of its id, whatever the span", () => {
    const made = entry(7, "key", "");
    expect<bool>(made.isOfTrace(context("00000000000000010000000000000002 5 yes"))).toBe(true);
    expect<bool>(made.isOfTrace(context("00000000000000020000000000000002 5 yes"))).toBe(false);
    expect<bool>(made.isOfTrace(context("00000000000000010000000000000001 5 yes"))).toBe(false);
    expect<bool>(made.isOfTrace(context("0000000000000002 5 yes"))).toBe(false);
  });
});
