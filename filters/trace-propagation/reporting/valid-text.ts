import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";

const REPLACEMENT: u8 = 0x3f;

/**
 * The first bytes of a text, at most so many, as UTF-8: a receiver refuses a whole batch for one string that is none (protobuf,
 * "Scalar Value Types"). It is cut at a code point, and each byte that is no part of one becomes `?`. Bytes that are ASCII stay where
 * they are; others are copied into the arena.
 */
export function validText(start: usize, length: u32, longest: u32): Value {
  const end = start + min(length, longest);
  let at = start;
  while (at < end && load<u8>(at) < 0x80) at++;
  if (at == end) return Value.of(start, <u32>(end - start));
  const copy = arenaTake(end - start);
  const whole = start + length;
  let to = copy;
  at = start;
  while (at < end) {
    const size = codePointSize(at, whole);
    if (size == 0) {
      store<u8>(to++, REPLACEMENT);
      at++;
    } else if (at + size > end) {
      break;
    } else {
      memory.copy(to, at, size);
      to += size;
      at += size;
    }
  }
  return Value.of(copy, <u32>(to - copy));
}

/** How many bytes the code point at an address has; 0 if none begins there (The Unicode Standard, table 3-7). */
function codePointSize(at: usize, end: usize): usize {
  const first = <u32>load<u8>(at);
  if (first < 0x80) return 1;
  const size: usize = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || end - at < size) return 0;
  const second = <u32>load<u8>(at, 1);
  const least: u32 = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const most: u32 = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i: usize = 2; i < size; i++) {
    if ((load<u8>(at + i) & 0xc0) != 0x80) return 0;
  }
  return size;
}
