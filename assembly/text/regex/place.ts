import { Assertion, Program } from "./program";

/** What lies before a place in the text, as far as an assertion can ask. */
export const enum Before {
  Nothing,
  Newline,
  WordByte,
  OtherByte,
}

/** What lies behind the last byte, in the place of a byte. */
export const END: u32 = 256;

/** What the places behind `byte` have before them; as little told apart as the program can ask for. */
export function behind(byte: u32, program: Program): Before {
  if (byte == 0x0a && program.asksLines) return Before.Newline;
  return program.asksWords && isWordByte(byte) ? Before.WordByte : Before.OtherByte;
}

/** Whether an assertion holds between what lies before and the byte that follows, which may be `END`. */
export function holds(assertion: Assertion, before: Before, next: u32): bool {
  switch (assertion) {
    case Assertion.TextBegin:
      return before == Before.Nothing;
    case Assertion.TextEnd:
      return next == END;
    case Assertion.LineBegin:
      return before <= Before.Newline;
    case Assertion.LineEnd:
      return next == END || next == 0x0a;
    case Assertion.WordBoundary:
      return (before == Before.WordByte) != isWordByte(next);
  }
  return (before == Before.WordByte) == isWordByte(next);
}

function isWordByte(byte: u32): bool {
  const letter = (byte | 0x20) - 0x61;
  return letter < 26 || byte - 0x30 < 10 || byte == 0x5f;
}
