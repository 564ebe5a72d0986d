import { text } from "../../test/as-pect/assembly/bytes";
import { HASH_START, hashByte, hashBytes, hashLower, hashName } from "./hash";

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

function ofName(value: string): u32 {
  const bytes = text(value);
  return hashName(bytes.start, bytes.length);
}

describe("hashName", () => {
  it("does not count the case of letters, nor what stands behind the name", () => {
    for (let length = 0; length <= 26; length++) {
      const name = "abcdefghijklmnopqrstuvwxyz".substring(0, length);
      expect<u32>(ofName(name.toUpperCase())).toBe(ofName(name), name);
      const longer = text(name + "-x");
      expect<u32>(hashName(longer.start, length)).toBe(ofName(name), name);
    }
  });

  it("takes in every byte, and the length", () => {
    const name = "abcdefghijklmnopqrstuvwxyz";
    for (let length = 1; length <= 26; length++) {
      const whole = name.substring(0, length);
      for (let at = 0; at < length; at++) {
        const other = name.substring(0, at) + "-" + name.substring(at + 1, length);
        expect<u32>(ofName(other)).not.toBe(ofName(whole), other);
      }
      expect<u32>(ofName(whole + whole.charAt(length - 1))).not.toBe(ofName(whole), whole);
    }
    expect<u32>(ofName("aaaaaaaaa")).not.toBe(ofName("aaaaaaaaaa"));
  });

  it("spreads names that differ in their last bytes alone over the buckets of a table", () => {
    // 4,096 names thrown into 4,096 buckets at random leave 1/e of them empty: 2,589 are used.
    const used = new StaticArray<bool>(4096);
    let count = 0;
    for (let i = 0; i < 4096; i++) {
      const bucket = ofName("reviews-" + i.toString(16).padStart(3, "0")) % 4096;
      if (!used[bucket]) count++;
      used[bucket] = true;
    }
    expect(count).toBeGreaterThan(2400);
  });
});
