import { VECTOR } from "../../../assembly/memory/vector";
import { isDigit, lower } from "../../../assembly/text/ascii";
import { hexDigit } from "../../../assembly/text/writer";

/** Bytes that sixteen are compared with: to load them takes less code than constants do, which V8 puts together anew each time. */
const ZERO: usize = memory.data<u8>([0x30, 9, 0x61, 5, 0x0f]);
const LAST_DECIMAL: usize = ZERO + 1;
const LETTER: usize = ZERO + 2;
const LAST_LETTER: usize = ZERO + 3;
/** The lower four bits. */
const LOWEST: usize = ZERO + 4;

/** The number that `readHex` read last, as its upper and its lower 64 bits. */
export let hexHigh: u64 = 0;
export let hexLow: u64 = 0;

/** What `readSixteen` read last. */
let sixteen: u64 = 0;

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
  for (; at + VECTOR <= end && readSixteen(at, upper); at += VECTOR) {
    high = low;
    low = sixteen;
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

/** Whether sixteen digits stand at an address, which `sixteen` then is; `A` to `F` are digits where `upper` says so. */
function readSixteen(at: usize, upper: bool): bool {
  const bytes = v128.load(at);
  const decimals = upTo(LAST_DECIMAL, i8x16.sub(bytes, v128.load8_splat(ZERO)));
  const folded = upper ? v128.or(bytes, i8x16.splat(0x20)) : bytes;
  const letters = upTo(LAST_LETTER, i8x16.sub(folded, v128.load8_splat(LETTER)));
  if (!i8x16.all_true(v128.or(decimals, letters))) return false;
  // A letter's lower four bits are its place in the alphabet.
  const lowest = v128.and(bytes, v128.load8_splat(LOWEST));
  sixteen = packed(i8x16.add(lowest, v128.and(letters, v128.load8_splat(LAST_DECIMAL))));
  return true;
}

/** A mask of those of sixteen bytes that are at most the byte at an address, as unsigned numbers. */
function upTo(most: usize, bytes: v128): v128 {
  return i8x16.eq(bytes, i8x16.min_u(bytes, v128.load8_splat(most)));
}

/** The number that sixteen digits are, one in each byte, in their order. */
function packed(digits: v128): u64 {
  // In the lower byte of each two: the first digit, four bits up, and the second.
  const pairs = v128.or(i16x8.shl(digits, 4), i16x8.shr_u(digits, 8));
  const bytes = i8x16.shuffle(pairs, pairs, 14, 12, 10, 8, 6, 4, 2, 0, 14, 12, 10, 8, 6, 4, 2, 0);
  return i64x2.extract_lane(bytes, 0);
}

/** Whether so many hexadecimal digits in lower case stand at an address; reads them. */
export function readLowerHex(start: usize, digits: u32): bool {
  return readHex(start, start + digits, false) == digits;
}

/** Whether sixteen hexadecimal digits in lower case stand at an address; reads them. */
export function readLowerHex16(start: usize): bool {
  if (!readSixteen(start, false)) return false;
  hexHigh = 0;
  hexLow = sixteen;
  return true;
}

/** Whether 32 hexadecimal digits in lower case stand at an address; reads them. */
export function readLowerHex32(start: usize): bool {
  if (!readSixteen(start, false)) return false;
  hexHigh = sixteen;
  if (!readSixteen(start + VECTOR, false)) return false;
  hexLow = sixteen;
  return true;
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
