import { VECTOR } from "../../memory/vector";
import { Text, utf8 } from "../text";
import { BACKSLASH } from "./syntax";

/**
 * Where the bytes of a string from `start` on first have a quote, a backslash or a control character; `end` where they have none. Sixteen
 * at a time are loaded (`memory/vector.ts`).
 */
export function plainEnd(start: usize, end: usize): usize {
  for (let at = start; at < end; at += VECTOR) {
    const bytes = v128.load(at);
    const marks = v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(<i8>BACKSLASH)));
    const controls = i8x16.eq(bytes, i8x16.min_u(bytes, i8x16.splat(0x1f)));
    const places: u32 = i8x16.bitmask(v128.or(marks, controls));
    if (places != 0) return min(at + ctz(places), end);
  }
  return end;
}

/**
 * Where a string ends that has the bytes up to `plain` (`plainEnd`): at its quote, at a control character, or at `end` if it is not closed.
 */
export function escapedEnd(plain: usize, end: usize): usize {
  let at = plain;
  while (at < end && load<u8>(at) == BACKSLASH) at = plainEnd(at + 2, end);
  return at;
}

/**
 * Resolves the escapes of a JSON string (RFC 8259 §7) in place: the result is never longer. `\u` escapes become UTF-8;
 * a surrogate without its partner is malformed, as it has no UTF-8.
 *
 * Gives -1, or the offset of the malformed escape.
 */
export function unescape(text: Text): i32 {
  const start = text.start;
  const end = start + text.length;
  let from = start;
  let to = start;
  while (from < end) {
    const byte = load<u8>(from);
    if (byte != 0x5c) {
      store<u8>(to++, byte);
      from++;
      continue;
    }
    if (from + 1 >= end) return <i32>(from - start);
    const kind = <u32>load<u8>(from + 1);
    if (kind == 0x75) {
      let point = hex4(from + 2, end);
      if (point < 0) return <i32>(from - start);
      let width: usize = 6;
      if (point >= 0xd800 && point < 0xe000) {
        const low =
          from + 8 <= end && load<u8>(from + 6) == 0x5c && load<u8>(from + 7) == 0x75 ? hex4(from + 8, end) : -1;
        if (point >= 0xdc00 || low < 0xdc00 || low >= 0xe000) return <i32>(from - start);
        point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
        width = 12;
      }
      to = writeUtf8(to, point);
      from += width;
    } else {
      const value = simpleEscape(kind);
      if (value == 0) return <i32>(from - start);
      store<u8>(to++, value);
      from += 2;
    }
  }
  text.length = <u32>(to - start);
  return -1;
}

/** What a letter after a backslash stands for; 0 if it is none. */
function simpleEscape(kind: u32): u32 {
  // Each letter, and behind it what it stands for.
  const escapes = utf8('""\\\\//b\bf\fn\nr\rt\t');
  for (let i: u32 = 0; i < escapes.length; i += 2) {
    if (load<u8>(escapes.start + i) == kind) return load<u8>(escapes.start + i + 1);
  }
  return 0;
}

function hex4(at: usize, end: usize): i32 {
  if (at + 4 > end) return -1;
  let value: i32 = 0;
  for (let i: usize = 0; i < 4; i++) {
    const byte = <i32>load<u8>(at + i);
    const letter = (byte | 0x20) - 0x61;
    if (byte >= 0x30 && byte <= 0x39) value = (value << 4) | (byte - 0x30);
    else if (letter >= 0 && letter < 6) value = (value << 4) | (letter + 10);
    else return -1;
  }
  return value;
}

/** Writes the UTF-8 of a code point (RFC 3629 §3); gives the address after it. */
function writeUtf8(to: usize, point: i32): usize {
  if (point < 0x80) {
    store<u8>(to, point);
    return to + 1;
  }
  let more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  store<u8>(to, (0xff00 >> (more + 1)) | (point >> (6 * more)));
  let at = to + 1;
  while (more-- > 0) store<u8>(at++, 0x80 | ((point >> (6 * more)) & 0x3f));
  return at;
}
