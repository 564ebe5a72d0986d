import { specRegion, text } from "../../test/support/spec/bytes";
import { pathLength } from "./path-length";

function lengthOf(target: string): u32 {
  const bytes = text(target);
  return pathLength(bytes.start, bytes.length);
}

describe("pathLength", () => {
  it("ends at the first question mark or hash", () => {
    expect<u32>(lengthOf("/a?b=1#c")).toBe(2);
    expect<u32>(lengthOf("/a#c?b=1")).toBe(2);
    expect<u32>(lengthOf("?b")).toBe(0);
    expect<u32>(lengthOf("/a/b")).toBe(4);
    expect<u32>(lengthOf("*")).toBe(1);
    expect<u32>(lengthOf("")).toBe(0);
  });

  it("finds the end at each place of a path of any length, and none among all other bytes or behind it", () => {
    const start = specRegion().take(80);
    for (let length: u32 = 0; length <= 40; length++) {
      for (let at: u32 = 0; at < 80; at++) store<u8>(start + at, 0x3f);
      for (let at: u32 = 0; at <= length; at++) store<u8>(start + at, 0x61);
      expect<u32>(pathLength(start, length)).toBe(length);
      for (let at: u32 = 0; at < length; at++) {
        store<u8>(start + at, (at & 1) == 0 ? 0x3f : 0x23);
        expect<u32>(pathLength(start, length)).toBe(at, `place ${at} of ${length}`);
        store<u8>(start + at, 0x61);
      }
    }
    for (let byte: u32 = 0; byte < 256; byte++) {
      store<u8>(start, byte);
      expect<u32>(pathLength(start, 1)).toBe(byte == 0x3f || byte == 0x23 ? 0 : 1);
    }
  });
});
