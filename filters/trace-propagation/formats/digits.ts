import { isDigit } from "../../../assembly/text/ascii";

/** Whether the last number that was read is one: digits alone, and none that is too large. */
export let isNumber: bool = false;

/** The number that 1 to 16 hexadecimal digits in lower case are; see `isNumber`. */
export function lowerHex(start: usize, length: u32): u64 {
  return hex(start, length, false);
}

/** The same in either case. */
export function anyHex(start: usize, length: u32): u64 {
  return hex(start, length, true);
}

function hex(start: usize, length: u32, upper: bool): u64 {
  isNumber = length >= 1 && length <= 16;
  if (!isNumber) return 0;
  let value: u64 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const digit = hexDigit(load<u8>(start + i), upper);
    if (digit > 15) {
      isNumber = false;
      return 0;
    }
    value = (value << 4) | digit;
  }
  return value;
}

/** 16 and more for what is no digit. */
function hexDigit(byte: u32, upper: bool): u64 {
  if (isDigit(byte)) return byte - 0x30;
  if (byte >= 0x61 && byte <= 0x66) return byte - 0x57;
  return upper && byte >= 0x41 && byte <= 0x46 ? byte - 0x37 : 16;
}

/** The number below 2^64 that decimal digits are; see `isNumber`. */
export function decimal(start: usize, length: u32): u64 {
  isNumber = length >= 1 && length <= 20;
  let value: u64 = 0;
  for (let i: u32 = 0; isNumber && i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    const digit = <u64>(byte - 0x30);
    isNumber = isDigit(byte) && value <= (u64.MAX_VALUE - digit) / 10;
    value = value * 10 + digit;
  }
  return isNumber ? value : 0;
}

/** Writes a number as so many hexadecimal digits; gives the address behind them. */
export function putHex(at: usize, value: u64, digits: u32): usize {
  for (let i: u32 = 0; i < digits; i++) {
    const digit = (<u32>(value >> ((digits - 1 - i) * 4))) & 15;
    store<u8>(at + i, digit < 10 ? 0x30 + digit : 0x57 + digit);
  }
  return at + digits;
}

/** Writes a number in decimal; gives the address behind it. */
export function putDecimal(at: usize, value: u64): usize {
  let digits: u32 = 1;
  for (let rest = value / 10; rest != 0; rest /= 10) digits++;
  let rest = value;
  for (let i: u32 = digits; i > 0; i--) {
    store<u8>(at + (i - 1), 0x30 + <u32>(rest % 10));
    rest /= 10;
  }
  return at + digits;
}
