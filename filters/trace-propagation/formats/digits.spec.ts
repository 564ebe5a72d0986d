import { specRegion, text } from "../../../test/support/spec/bytes";
import {
  decimal,
  hexHigh,
  hexLow,
  isNumber,
  putDecimal,
  putHex,
  readHex,
  readLowerHex,
  readLowerHex16,
  readLowerHex32,
} from "./digits";

/** How many digits there are at the beginning, and the number: `<digits> <upper half> <lower half>`. */
function hex(written: string, upper: bool): string {
  const bytes = text(written);
  const digits = readHex(bytes.start, bytes.start + bytes.length, upper);
  return digits.toString() + " " + hexHigh.toString(16) + " " + hexLow.toString(16);
}

function number(written: string): string {
  const bytes = text(written);
  const value = decimal(bytes.start, bytes.length);
  return isNumber ? value.toString() : "none";
}

function put(writes: (at: usize, value: u64) => usize, value: u64): string {
  const at = specRegion().take(32);
  memory.fill(at, 0x2e, 32);
  const end = writes(at, value);
  return String.UTF8.decodeUnsafe(at, end - at + 1);
}

describe("readHex", () => {
  it("reads up to what is no digit", () => {
    expect(hex("", false)).toBe("0 0 0");
    expect(hex("g", false)).toBe("0 0 0");
    expect(hex("0", false)).toBe("1 0 0");
    expect(hex("0123456789abcdef", false)).toBe("16 0 123456789abcdef");
    expect(hex("1f/2", false)).toBe("2 0 1f");
    expect(hex("1f:2", false)).toBe("2 0 1f");
    expect(hex("1f`2", false)).toBe("2 0 1f");
    expect(hex("1fg2", false)).toBe("2 0 1f");
  });

  it("tells both halves apart, and loses the first of more than 32 digits", () => {
    expect(hex("10000000000000000", false)).toBe("17 1 0");
    expect(hex("80f198ee56343ba864fe8b2a57d3eff7", false)).toBe("32 80f198ee56343ba8 64fe8b2a57d3eff7");
    expect(hex("f80f198ee56343ba864fe8b2a57d3eff7", false)).toBe("33 80f198ee56343ba8 64fe8b2a57d3eff7");
  });

  it("takes capitals where they are digits, and no byte that differs from a digit in their bit alone", () => {
    expect(hex("aF@", true)).toBe("2 0 af");
    expect(hex("aFG", true)).toBe("2 0 af");
    expect(hex("aF", false)).toBe("1 0 a");
    // 0x10 with the bit 0x20 set is "0".
    expect(hex("1\x10", true)).toBe("1 0 1");
  });

  it("finds each byte that is no digit, wherever it stands among the sixteen that are read at a time", () => {
    const bytes = specRegion().take(16);
    for (let byte: u32 = 0; byte < 256; byte++) {
      // ASCII's digits and the letters from a to f.
      const lower = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
      const capital = byte >= 0x41 && byte <= 0x46;
      for (let place: u32 = 0; place < 16; place++) {
        for (let i: u32 = 0; i < 16; i++) store<u8>(bytes + i, 0x31);
        store<u8>(bytes + place, byte);
        expect<u32>(readHex(bytes, bytes + 16, false)).toBe(lower ? 16 : place);
        expect<u32>(readHex(bytes, bytes + 16, true)).toBe(lower || capital ? 16 : place);
      }
    }
  });

  it("reads no byte behind the end", () => {
    const bytes = text("1234");
    expect<u32>(readHex(bytes.start, bytes.start + 2, false)).toBe(2);
    expect<u64>(hexLow).toBe(0x12);
    expect<bool>(readLowerHex(bytes.start, 3)).toBe(true);
    expect<u64>(hexLow).toBe(0x123);
    expect<bool>(readLowerHex(text("12 4").start, 3)).toBe(false);
  });
});

describe("readLowerHex16 and readLowerHex32", () => {
  it("read as many digits in lower case as they say", () => {
    const digits = text("80f198ee56343ba864fe8b2a57d3eff7");
    expect(readLowerHex32(digits.start)).toBe(true);
    expect<u64>(hexHigh).toBe(0x80f198ee56343ba8);
    expect<u64>(hexLow).toBe(0x64fe8b2a57d3eff7);
    expect(readLowerHex16(digits.start + 1)).toBe(true);
    expect<u64>(hexHigh).toBe(0);
    expect<u64>(hexLow).toBe(0x0f198ee56343ba86);
  });

  it("find each byte that is none, wherever it stands", () => {
    const bytes = specRegion().take(32);
    for (let byte: u32 = 0; byte < 256; byte++) {
      const is = (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
      for (let place: u32 = 0; place < 32; place++) {
        for (let i: u32 = 0; i < 32; i++) store<u8>(bytes + i, 0x31);
        store<u8>(bytes + place, byte);
        expect(readLowerHex32(bytes)).toBe(is, `byte ${byte} at ${place} of 32`);
        expect(readLowerHex16(bytes)).toBe(is || place >= 16, `byte ${byte} at ${place} of 16`);
      }
    }
  });
});

describe("decimal", () => {
  it("reads digits", () => {
    expect(number("0")).toBe("0");
    expect(number("1234567890123456789")).toBe("1234567890123456789");
    expect(number("007")).toBe("7");
    expect(number("")).toBe("none");
    expect(number("-1")).toBe("none");
    expect(number("+1")).toBe("none");
    expect(number("1 ")).toBe("none");
    expect(number("1a")).toBe("none");
    expect(number("1/")).toBe("none");
    expect(number("1:")).toBe("none");
  });

  it("reads up to 2^64 - 1, and 20 digits", () => {
    expect(number("18446744073709551615")).toBe("18446744073709551615");
    expect(number("18446744073709551616")).toBe("none");
    expect(number("18446744073709551620")).toBe("none");
    expect(number("99999999999999999999")).toBe("none");
    expect(number("00000000000000000001")).toBe("1");
    expect(number("000000000000000000001")).toBe("none");
  });
});

describe("digits that are written", () => {
  it("are as many hexadecimal ones as asked for, in lower case", () => {
    expect(put((at, value) => putHex(at, value, 16), 0x123456789abcdef)).toBe("0123456789abcdef.");
    expect(put((at, value) => putHex(at, value, 16), u64.MAX_VALUE)).toBe("ffffffffffffffff.");
    expect(put((at, value) => putHex(at, value, 2), 3)).toBe("03.");
    expect(put((at, value) => putHex(at, value, 1), 0x13)).toBe("3.");
  });

  it("are as many decimal ones as there need be", () => {
    expect(put(putDecimal, 0)).toBe("0.");
    expect(put(putDecimal, 9)).toBe("9.");
    expect(put(putDecimal, 10)).toBe("10.");
    expect(put(putDecimal, 1234567890123456789)).toBe("1234567890123456789.");
    expect(put(putDecimal, u64.MAX_VALUE)).toBe("18446744073709551615.");
  });
});
