/**
 * Whether the `length` bytes at both places are the same. Eight at a time, the last eight overlapping those before:
 * `memory.compare` goes byte by byte wherever the two places are not aligned alike, which in a header they never are.
 */
export function equalBytes(a: usize, b: usize, length: u32): bool {
  if (length < 8) return equalFewBytes(a, b, length);
  const last = length - 8;
  for (let i: u32 = 0; i < last; i += 8) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
  }
  return load<u64>(a + last) == load<u64>(b + last);
}

function equalFewBytes(a: usize, b: usize, length: u32): bool {
  if (length >= 4) {
    const last = length - 4;
    return load<u32>(a) == load<u32>(b) && load<u32>(a + last) == load<u32>(b + last);
  }
  if (length >= 2) {
    const last = length - 2;
    return load<u16>(a) == load<u16>(b) && load<u16>(a + last) == load<u16>(b + last);
  }
  return length == 0 || load<u8>(a) == load<u8>(b);
}
