import { VECTOR } from "../memory/vector";

/**
 * Whether the `length` bytes at both places are the same. Sixteen at a time are loaded (`memory/vector.ts`). `memory.compare` goes byte
 * by byte wherever the two places are not aligned alike, which in a header they never are.
 */
export function equalBytes(a: usize, b: usize, length: u32): bool {
  return length <= VECTOR ? sameAtFront(a, b) >= length : equalManyBytes(a, b, length);
}

function equalManyBytes(a: usize, b: usize, length: u32): bool {
  const last = length - VECTOR;
  for (let at: u32 = 0; at < last; at += VECTOR) {
    if (sameAtFront(a + at, b + at) != VECTOR) return false;
  }
  return sameAtFront(a + last, b + last) == VECTOR;
}

/** How many of sixteen bytes at both places are the same before the first that is not. */
function sameAtFront(a: usize, b: usize): u32 {
  // A bit for each byte, the lowest for the first. Those above are 0, and end the count.
  const same: u32 = i8x16.bitmask(i8x16.eq(v128.load(a), v128.load(b)));
  return ctz(~same);
}
