const QUESTION: u8 = 0x3f;
const HASH: u8 = 0x23;
/** Bytes that are looked at at once. */
const WIDTH: u32 = 16;

/**
 * How many of the `length` bytes of a `:path` stand before its query or fragment; all if it has neither (Envoy
 * `Http::PathUtil::removeQueryAndFragment`). Sixteen at a time are loaded, as in `text/equal-bytes.ts`.
 */
export function pathLength(start: usize, length: u32): u32 {
  for (let at: u32 = 0; at < length; at += WIDTH) {
    const bytes = v128.load(start + at);
    const isEnd = v128.or(i8x16.eq(bytes, i8x16.splat(QUESTION)), i8x16.eq(bytes, i8x16.splat(HASH)));
    const ends: u32 = i8x16.bitmask(isEnd);
    if (ends != 0) return min(at + ctz(ends), length);
  }
  return length;
}
