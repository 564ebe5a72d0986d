import { text } from "../../test/support/spec/bytes";
import { FEW_BUCKETS, HASH_START, hashByte, hashIn, hashText } from "./hash";

function running(value: string): u32 {
  const bytes = text(value);
  let hash = HASH_START;
  for (let i: u32 = 0; i < bytes.length; i++) hash = hashByte(hash, load<u8>(bytes.start + i));
  return hash;
}

describe("hashByte", () => {
  it("is FNV-1a of 32 bits (vectors of RFC 9923 and of the authors' test_fnv.c)", () => {
    expect<u32>(running("")).toBe(0x811c9dc5);
    expect<u32>(running("a")).toBe(0xe40c292c);
    expect<u32>(running("b")).toBe(0xe70c2de5);
    expect<u32>(running("foo")).toBe(0xa9f37ed7);
    expect<u32>(running("foobar")).toBe(0xbf9cf968);
  });
});

function ofText(value: string): u32 {
  const bytes = text(value);
  return hashText(bytes.start, bytes.length);
}

describe("hashText", () => {
  it("does not count the case of letters, nor what stands behind the name", () => {
    for (let length = 0; length <= 26; length++) {
      const name = "abcdefghijklmnopqrstuvwxyz".substring(0, length);
      expect<u32>(ofText(name.toUpperCase())).toBe(ofText(name), name);
      const longer = text(name + "-x");
      expect<u32>(hashText(longer.start, length)).toBe(ofText(name), name);
    }
  });

  it("takes in every byte, and the length", () => {
    const name = "abcdefghijklmnopqrstuvwxyz";
    for (let length = 1; length <= 26; length++) {
      const whole = name.substring(0, length);
      for (let at = 0; at < length; at++) {
        const other = name.substring(0, at) + "-" + name.substring(at + 1, length);
        expect<u32>(ofText(other)).not.toBe(ofText(whole), other);
      }
      expect<u32>(ofText(whole + whole.charAt(length - 1))).not.toBe(ofText(whole), whole);
    }
    expect<u32>(ofText("aaaaaaaaa")).not.toBe(ofText("aaaaaaaaaa"));
  });

  it("spreads names that differ in their last bytes alone over the buckets of a table", () => {
    // 4,096 names thrown into 4,096 buckets at random leave 1/e of them empty: 2,589 are used.
    const used = new StaticArray<bool>(4096);
    let count = 0;
    for (let i = 0; i < 4096; i++) {
      const bucket = ofText("reviews-" + i.toString(16).padStart(3, "0")) % 4096;
      if (!used[bucket]) count++;
      used[bucket] = true;
    }
    expect(count).toBeGreaterThan(2400);
  });
});

function inTable(buckets: u32, value: string): u32 {
  const bytes = text(value);
  return hashIn(buckets - 1, bytes.start, bytes.length);
}

describe("hashIn", () => {
  it("does not count the case of letters, in a table of any size", () => {
    for (let buckets: u32 = 1; buckets <= 1024; buckets *= 2) {
      for (let length = 0; length <= 26; length++) {
        const name = "abcdefghijklmnopqrstuvwxyz".substring(0, length);
        expect<u32>(inTable(buckets, name.toUpperCase())).toBe(inTable(buckets, name), name);
      }
    }
  });

  it("tells names of one length and one end apart if there may be many", () => {
    const buckets = FEW_BUCKETS * 2;
    const used = new StaticArray<bool>(buckets);
    let count = 0;
    for (let i: u32 = 0; i < buckets; i++) {
      const at = inTable(buckets, "x-" + i.toString().padStart(2, "0") + "-id") % buckets;
      if (!used[at]) count++;
      used[at] = true;
    }
    // At random 64 names would use 64 x (1 - 1/e) = 40 of 64 buckets.
    expect(count).toBeGreaterThan(30);
  });
});
