import { isDigit } from "../ascii";
import { utf8 } from "../text";
import { RegexErrorKind } from "./error";
import { NOTHING, Scanner } from "./scanner";

/** What the readers of one byte give where they refused what they read. */
export const REFUSED: u32 = 257;

/**
 * Reads an escape that stands for one byte, from its backslash on: `\n`, `\.`, `\101`, `\x41`, `\x{41}`.
 *
 * @returns the byte, or `REFUSED` with the error set: whatever RE2's syntax does not have, and code points above 0xFF,
 *   which are no bytes (RE2 refuses them in Latin-1 mode)
 */
export function readEscape(scanner: Scanner): u32 {
  const from = scanner.at;
  scanner.at++;
  const letter = scanner.next();
  if (letter == NOTHING) {
    scanner.fail(RegexErrorKind.TrailingBackslash, from, utf8("a backslash at the end of the pattern"));
    return REFUSED;
  }
  switch (letter) {
    case 0x61: // a
      return 0x07;
    case 0x66: // f
      return 0x0c;
    case 0x6e: // n
      return 0x0a;
    case 0x72: // r
      return 0x0d;
    case 0x74: // t
      return 0x09;
    case 0x76: // v
      return 0x0b;
    case 0x78: // x
      return readHexadecimal(scanner, from);
  }
  if (isDigit(letter)) return readOctal(scanner, from, letter - 0x30);
  const isLetter = (letter | 0x20) - 0x61 < 26;
  if (letter < 0x80 && !isLetter) return letter;
  scanner.fail(RegexErrorKind.Escape, from, utf8("RE2 has no such escape"));
  return REFUSED;
}

/** `\0`, `\12`, `\377`: up to three digits; but one digit alone, unless 0, would be a backreference. */
function readOctal(scanner: Scanner, from: usize, first: u32): u32 {
  let code = first;
  const second = octalDigit(scanner.peek(0));
  if (first > 7 || (first != 0 && second > 7)) {
    scanner.fail(RegexErrorKind.Escape, from, utf8("RE2 has no backreferences"));
    return REFUSED;
  }
  if (second < 8) {
    scanner.at++;
    code = code * 8 + second;
    const third = octalDigit(scanner.peek(0));
    if (third < 8) {
      scanner.at++;
      code = code * 8 + third;
    }
  }
  if (code <= 0xff) return code;
  return tooLarge(scanner, from);
}

function readHexadecimal(scanner: Scanner, from: usize): u32 {
  if (!scanner.skip(0x7b)) {
    const high = hexadecimalDigit(scanner.next());
    const low = hexadecimalDigit(scanner.next());
    return high < 16 && low < 16 ? high * 16 + low : badHexadecimal(scanner, from);
  }
  let code: u32 = 0;
  let digits = 0;
  while (true) {
    const byte = scanner.next();
    const digit = hexadecimalDigit(byte);
    if (digit < 16) {
      digits++;
      code = code * 16 + digit;
      if (code > 0xff) return tooLarge(scanner, from);
    } else {
      return byte == 0x7d && digits > 0 ? code : badHexadecimal(scanner, from);
    }
  }
}

function badHexadecimal(scanner: Scanner, from: usize): u32 {
  scanner.fail(RegexErrorKind.Escape, from, utf8("\\x needs two hexadecimal digits, or hexadecimal digits in braces"));
  return REFUSED;
}

function tooLarge(scanner: Scanner, from: usize): u32 {
  scanner.fail(RegexErrorKind.Escape, from, utf8("patterns match bytes, so no code point above FF can match"));
  return REFUSED;
}

/** 0 to 7; any other byte gives more. */
function octalDigit(byte: u32): u32 {
  return byte - 0x30;
}

/** 0 to 15; any other byte gives more. */
function hexadecimalDigit(byte: u32): u32 {
  if (isDigit(byte)) return byte - 0x30;
  const letter = (byte | 0x20) - 0x61;
  return letter < 6 ? letter + 10 : 16;
}
