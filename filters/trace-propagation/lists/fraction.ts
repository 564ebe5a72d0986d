import { isDigit } from "../../../assembly/text/ascii";
import { hexDigit } from "../../../assembly/text/writer";

/** 2^56, which no 56 bits come to: where there is no threshold, by which then nothing is sampled, or no randomness. */
export const NONE: u64 = 0x100000000000000;
/** Hexadecimal digits of 56 bits. */
export const DIGITS: u32 = 14;
const BITS_A_DIGIT: u32 = 4;
/** Digits above 9 are in lower case. */
const TEN: u32 = 0x61;

/**
 * A fraction of 2^56 from its hexadecimal digits, as `th` and `rv` have it: 1 to 14 in lower case, the highest first; those
 * that are missing are zeroes (OpenTelemetry, "TraceState Handling"). `NONE` where it is malformed.
 */
export function readFraction(start: usize, length: u32): u64 {
  if (length == 0 || length > DIGITS) return NONE;
  let fraction: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    const letter = byte - TEN;
    if (!isDigit(byte) && letter >= 6) return NONE;
    fraction = (fraction << BITS_A_DIGIT) | (isDigit(byte) ? byte - 0x30 : letter + 10);
  }
  return fraction << ((DIGITS - length) * BITS_A_DIGIT);
}

/** So many digits a fraction is written with: without the zeroes at its end, but one. */
export function fractionDigits(fraction: u64): u32 {
  return fraction == 0 ? 1 : DIGITS - <u32>ctz(fraction) / BITS_A_DIGIT;
}

/** Writes `fractionDigits` digits. */
export function writeFraction(to: usize, fraction: u64): void {
  const digits = fractionDigits(fraction);
  let rest = fraction >> ((DIGITS - digits) * BITS_A_DIGIT);
  for (let i = digits; i > 0; i--) {
    store<u8>(to + i - 1, hexDigit((<u32>rest) & 15));
    rest >>= BITS_A_DIGIT;
  }
}
