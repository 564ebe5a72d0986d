import { Text, utf8 } from "../text";

/** The ends of the ranges of a POSIX class (`alpha` of `[[:alpha:]]`), as RE2 has them; null for an unknown name. */
export function posixClass(name: usize, length: u32): Text | null {
  if (utf8("alnum").is(name, length)) return utf8("09AZaz");
  if (utf8("alpha").is(name, length)) return utf8("AZaz");
  if (utf8("ascii").is(name, length)) return utf8("\0\x7f");
  if (utf8("blank").is(name, length)) return utf8("\t\t  ");
  if (utf8("cntrl").is(name, length)) return utf8("\0\x1f\x7f\x7f");
  if (utf8("digit").is(name, length)) return utf8("09");
  if (utf8("graph").is(name, length)) return utf8("!~");
  if (utf8("lower").is(name, length)) return utf8("az");
  if (utf8("print").is(name, length)) return utf8(" ~");
  if (utf8("punct").is(name, length)) return utf8("!/:@[`{~");
  if (utf8("space").is(name, length)) return utf8("\t\r  ");
  if (utf8("upper").is(name, length)) return utf8("AZ");
  if (utf8("word").is(name, length)) return wordBytes();
  if (utf8("xdigit").is(name, length)) return utf8("09AFaf");
  return null;
}

/** The ends of the ranges of `\d`, `\s` or `\w`, by the letter in lower case; null for another letter. */
export function perlClass(letter: u32): Text | null {
  switch (letter) {
    case 0x64: // d
      return utf8("09");
    case 0x73: // s: unlike [[:space:]], without the vertical tab
      return utf8("\t\n\f\r  ");
    case 0x77: // w
      return wordBytes();
  }
  return null;
}

/** The ends of the ranges of the bytes between which and others `\b` holds. */
export function wordBytes(): Text {
  return utf8("09AZ__az");
}
