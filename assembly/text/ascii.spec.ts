import { text } from "../../test/support/spec/bytes";
import { isBlank, isDigit, isFieldValue, isTokenByte, isUpper, lower, sameIgnoringCase } from "./ascii";

/** `tchar` (RFC 9110 §5.6.2), copied from its ABNF: the signs, then DIGIT and ALPHA. */
const TCHAR = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

function same(a: string, b: string): bool {
  const one = text(a);
  const other = text(b);
  return sameIgnoringCase(one.start, one.length, other.start, other.length);
}

describe("isTokenByte", () => {
  it("takes exactly the bytes of tchar (RFC 9110 §5.6.2)", () => {
    for (let byte = 0; byte < 256; byte++) {
      const expected = byte < 128 && TCHAR.includes(String.fromCharCode(byte));
      expect(isTokenByte(byte)).toBe(expected, "byte " + byte.toString());
    }
  });
});

describe("isBlank", () => {
  it("takes SP and HTAB alone (RFC 9110 §5.6.3)", () => {
    for (let byte = 0; byte < 256; byte++) {
      expect(isBlank(byte)).toBe(byte == 32 || byte == 9, "byte " + byte.toString());
    }
  });
});

describe("isFieldValue", () => {
  it("takes every byte but the control bytes other than tab (RFC 9110 §5.5), wherever it stands", () => {
    const value = text("a.b");
    for (let byte = 0; byte < 256; byte++) {
      const expected = byte == 9 || (byte >= 32 && byte != 127);
      let alike = true;
      for (let at = 0; at < 3; at++) {
        const before = load<u8>(value.start + at);
        store<u8>(value.start + at, <u8>byte);
        if (isFieldValue(value.start, 3) != expected) alike = false;
        store<u8>(value.start + at, before);
      }
      expect(alike).toBe(true, "byte " + byte.toString());
    }
  });

  it("takes no bytes at all, and looks at none behind them", () => {
    const value = text("ab\n");
    expect(isFieldValue(value.start, 0)).toBe(true);
    expect(isFieldValue(value.start, 2)).toBe(true);
    expect(isFieldValue(value.start, 3)).toBe(false);
  });
});

describe("lower", () => {
  it("changes A to Z and no other of the 256 bytes", () => {
    for (let byte = 0; byte < 256; byte++) {
      const expected = byte >= 65 && byte <= 90 ? byte + 32 : byte;
      expect<u32>(lower(byte)).toBe(expected, "byte " + byte.toString());
      expect(isUpper(byte)).toBe(byte >= 65 && byte <= 90, "byte " + byte.toString());
      expect(isDigit(byte)).toBe(byte >= 48 && byte <= 57, "byte " + byte.toString());
    }
  });
});

describe("sameIgnoringCase", () => {
  it("leaves out the case of ASCII letters alone", () => {
    expect(same("Content-Type", "cOnTeNt-tYpE")).toBe(true);
    expect(same("", "")).toBe(true);
    expect(same("a", "")).toBe(false);
    expect(same("a", "ab")).toBe(false);
    expect(same("abc", "abd")).toBe(false);
    // Letters outside ASCII: Ä is c3 84 and ä is c3 a4.
    expect(same("Ä", "ä")).toBe(false);
    // Signs that differ in the bit that a letter's case is.
    expect(same("[", "{")).toBe(false);
    expect(same("@", "`")).toBe(false);
    expect(same("\0", " ")).toBe(false);
  });
});
