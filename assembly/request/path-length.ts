import { VECTOR } from "../memory/vector";

const QUESTION: u8 = 0x3f;
const HASH: u8 = 0x23;

/**
 * How many of the `length` bytes of a `:path` stand before its query or fragment; all if it has neither (Envoy
 * `Http::PathUtil::removeQueryAndFragment`). Sixteen at a time are loaded (`memory/vector.ts`).
 */
export function pathLength(start: usize, length: u32): u32 {
  for (let at: u32 = 0; at < length; at += VECTOR) {
    const bytes = v128.load(start + at);
    const ends = v128.or(i8x16.eq(bytes, i8x16.splat(QUESTION)), i8x16.eq(bytes, i8x16.splat(HASH)));
    const places: u32 = i8x16.bitmask(ends);
    if (places != 0) return min(at + ctz(places), length);
  }
  return length;
}
