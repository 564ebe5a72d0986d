import { text } from "../../test/as-pect/assembly/bytes";
import { HASH_START, hashByte, hashBytes, hashLower } from "./hash";

function hash(value: string): u32 {
  const bytes = text(value);
  return hashBytes(bytes.start, bytes.length);
}

function lowered(value: string): u32 {
  const bytes = text(value);
  return hashLower(bytes.start, bytes.length);
}

describe("hashBytes", () => {
  it("is FNV-1a of 32 bits (vectors of RFC 9923 and of the authors' test_fnv.c)", () => {
    expect<u32>(hash("")).toBe(0x811c9dc5);
    expect<u32>(hash("a")).toBe(0xe40c292c);
    expect<u32>(hash("b")).toBe(0xe70c2de5);
    expect<u32>(hash("foo")).toBe(0xa9f37ed7);
    expect<u32>(hash("foobar")).toBe(0xbf9cf968);
  });

  it("is what hashByte gives one after another", () => {
    let running = HASH_START;
    running = hashByte(running, 0x66);
    running = hashByte(running, 0x6f);
    running = hashByte(running, 0x6f);
    expect<u32>(running).toBe(0xa9f37ed7);
  });
});

describe("hashLower", () => {
  it("is the hash of the text in lower case", () => {
    expect<u32>(lowered("FooBAR")).toBe(0xbf9cf968);
    expect<u32>(lowered("foobar")).toBe(0xbf9cf968);
    expect<u32>(lowered("[Ä")).toBe(hash("[Ä"));
  });
});
