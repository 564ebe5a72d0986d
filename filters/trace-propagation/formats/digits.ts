import { isDigit, lower } from "../../../assembly/text/ascii";
import { EACH } from "../../../assembly/text/eight-bytes";
import { hexDigit } from "../../../assembly/text/writer";

/** The number that `readHex` read last, as its upper and its lower 64 bits. */
export let hexHigh: u64 = 0;
export let hexLow: u64 = 0;

/** Whether `decimal` was given a number. */
export let isNumber: bool = false;

/**
 * Reads the hexadecimal digits from one address on, up to another or to what is no digit; `A` to `F` are digits where `upper`
 * says so. Gives how many there are; of more than 32 the first are lost.
 */
export function readHex(start: usize, end: usize, upper: bool): u32 {
  let high: u64 = 0;
  let low: u64 = 0;
  let at = start;
  while (at + 8 <= end) {
    let bytes = load<u64>(at);
    // 1 in each byte from 0x40 to 0x7f. A letter's lower four bits are its place in the alphabet.
    const letters = (bytes >> 6) & EACH;
    if (upper) bytes |= letters << 5;
    const digits = (bytes & (0x0f * EACH)) + letters * 9;
    // The upper four bits must be those of a digit or a small letter, and a letter's number one of 10 to 15, a digit's below.
    const strayHigh = (bytes & (0xf0 * EACH)) ^ ((letters + EACH) * 0x30);
    const strayLow = (((digits + 6 * EACH) ^ (letters << 4)) | digits) & (0x10 * EACH);
    if ((strayHigh | strayLow) != 0) break;
    high = (high << 32) | (low >> 32);
    low = (low << 32) | packed(digits);
    at += 8;
  }
  for (; at < end; at++) {
    let byte = <u32>load<u8>(at);
    if (upper) byte = lower(byte);
    const digit = isDigit(byte) ? byte - 0x30 : byte - 0x61 < 6 ? byte - 0x57 : 16;
    if (digit == 16) break;
    high = (high << 4) | (low >> 60);
    low = (low << 4) | digit;
  }
  hexHigh = high;
  hexLow = low;
  return <u32>(at - start);
}

/** The number that eight digits are, one in each byte, the first in the lowest. */
function packed(digits: u64): u64 {
  let number = ((digits << 4) | (digits >> 8)) & 0x00ff00ff00ff00ff;
  number = ((number << 8) | (number >> 16)) & 0x0000ffff0000ffff;
  return ((number << 16) | (number >> 32)) & 0xffffffff;
}

/** Whether so many hexadecimal digits in lower case stand at an address; reads them. */
export function readLowerHex(start: usize, digits: u32): bool {
  return readHex(start, start + digits, false) == digits;
}

/** The number below 2^64 that decimal digits are, at most 20 of them; whether they are one `isNumber` then says. */
export function decimal(start: usize, length: u32): u64 {
  isNumber = length - 1 < 20;
  let value: u64 = 0;
  for (let i: u32 = 0; isNumber && i < length; i++) {
    const digit = <u64>load<u8>(start + i) - 0x30;
    isNumber = digit < 10 && value <= (u64.MAX_VALUE - digit) / 10;
    value = value * 10 + digit;
  }
  return value;
}

/** Writes a number as so many hexadecimal digits; gives the address behind them. */
export function putHex(at: usize, value: u64, digits: u32): usize {
  for (let i = digits; i > 0; i--) {
    store<u8>(at + (i - 1), hexDigit((<u32>value) & 15));
    value >>= 4;
  }
  return at + digits;
}

/** Writes a number in decimal; gives the address behind it. */
export function putDecimal(at: usize, value: u64): usize {
  let end = at + 1;
  for (let rest = value / 10; rest != 0; rest /= 10) end++;
  for (let next = end; next > at;) {
    store<u8>(--next, 0x30 + <u32>(value % 10));
    value /= 10;
  }
  return end;
}

/** Writes a byte; gives the address behind it. */
export function putByte(at: usize, byte: u32): usize {
  store<u8>(at, byte);
  return at + 1;
}
