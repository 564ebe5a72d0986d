import { isDigit } from "../ascii";

/** Powers of ten up to this one are doubles without rounding, so one multiplication or division by them rounds once. */
const EXACT_POWER: i32 = 22;
/** Digits beyond this many no longer fit the 64 bits they are gathered in; they cannot change a double's value by more than its last place. */
const MAX_DIGITS: u32 = 19;

/**
 * The value of a JSON number (RFC 8259 §6) that is known to be well formed.
 *
 * Exact for at most 15 significant digits with an exponent within ±22, which holds for what people write; beyond that
 * within a few units in the last place; infinite where the number is past a double's range.
 */
export function jsonNumber(start: usize, length: u32): f64 {
  const end = start + length;
  let at = start;
  const negative = load<u8>(at) == 0x2d;
  if (negative) at++;
  let mantissa: u64 = 0;
  let digits: u32 = 0;
  let exponent: i32 = 0;
  let fraction = false;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == 0x2e) {
      fraction = true;
    } else if (isDigit(byte)) {
      if (digits < MAX_DIGITS) {
        mantissa = mantissa * 10 + (byte - 0x30);
        if (mantissa != 0) digits++;
        if (fraction) exponent--;
      } else if (!fraction) {
        exponent++;
      }
    } else {
      break;
    }
  }
  if (at < end) exponent += writtenExponent(at + 1, end);
  const value = scale(<f64>mantissa, exponent);
  return negative ? -value : value;
}

function writtenExponent(start: usize, end: usize): i32 {
  let at = start;
  const sign = load<u8>(at);
  if (sign == 0x2d || sign == 0x2b) at++;
  let value: i32 = 0;
  for (; at < end; at++) {
    if (value < 100000) value = value * 10 + (load<u8>(at) - 0x30);
  }
  return sign == 0x2d ? -value : value;
}

function scale(mantissa: f64, exponent: i32): f64 {
  if (mantissa == 0) return 0;
  let value = mantissa;
  let rest = exponent;
  while (rest > 0 && value != Infinity) {
    const step = min(rest, EXACT_POWER);
    value *= power(step);
    rest -= step;
  }
  while (rest < 0 && value != 0) {
    const step = min(-rest, EXACT_POWER);
    value /= power(step);
    rest += step;
  }
  return value;
}

function power(exponent: i32): f64 {
  let value: f64 = 1;
  for (let i = 0; i < exponent; i++) value *= 10;
  return value;
}
