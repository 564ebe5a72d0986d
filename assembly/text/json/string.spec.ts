import { specRegion } from "../../../test/support/spec/bytes";
import { plainEnd } from "./string";

/** What ends the plain part of a string (RFC 8259 §7): a quote, a backslash, and control characters. */
function ends(byte: u32): bool {
  return byte == 0x22 || byte == 0x5c || byte < 0x20;
}

describe("plainEnd", () => {
  it("ends at each byte that ends it, and at no other", () => {
    const start = specRegion().take(32);
    for (let byte: u32 = 0; byte < 256; byte++) {
      memory.fill(start, 0x61, 32);
      store<u8>(start + 3, byte);
      expect<usize>(plainEnd(start, start + 8)).toBe(start + (ends(byte) ? 3 : 8), `byte ${byte}`);
    }
  });

  it("finds the first, wherever it stands, and none behind the end", () => {
    const start = specRegion().take(80);
    for (let length: u32 = 0; length <= 40; length++) {
      memory.fill(start, 0x22, 80);
      memory.fill(start, 0x61, length + 1);
      expect<usize>(plainEnd(start, start + length)).toBe(start + length);
      for (let at: u32 = 0; at < length; at++) {
        store<u8>(start + at, 0x5c);
        expect<usize>(plainEnd(start, start + length)).toBe(start + at, `place ${at} of ${length}`);
        store<u8>(start + at, 0x61);
      }
    }
  });

  it("ends at the end if it begins there or behind it", () => {
    const start = specRegion().take(32);
    memory.fill(start, 0x61, 32);
    expect<usize>(plainEnd(start + 4, start + 4)).toBe(start + 4);
    expect<usize>(plainEnd(start + 5, start + 4)).toBe(start + 4);
  });
});
