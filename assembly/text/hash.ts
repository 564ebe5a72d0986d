/** The start of a running FNV-1a hash (32 bits; Fowler, Noll and Vo). For tables, never for anything a user sees. */
export const HASH_START: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;

/** The hash with one more byte taken in. */
export function hashByte(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * PRIME;
}

/** In each of eight bytes the bit by which a letter's upper and lower case differ. */
const LOWER: u64 = 0x2020202020202020;
/** An odd number without a pattern: 2^64 divided by the golden ratio. */
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

/**
 * A hash of a name or value, eight bytes at a time; for tables too. The case of ASCII letters does not count (nor do a few other
 * differences, as of `@` and a backtick: whoever looks one up compares it too).
 */
export function hashText(start: usize, length: u32): u32 {
  const end = start + length;
  let hash: u64 = length;
  let at = start;
  // One place takes bytes in, so that it is no call.
  while (at < end) {
    let bytes: u64;
    let next = end;
    if (length >= 8) {
      bytes = load<u64>(min(at, end - 8));
      next = at + 8;
    } else if (length >= 4) {
      bytes = (<u64>load<u32>(start)) | ((<u64>load<u32>(end - 4)) << 32);
    } else {
      bytes = load<u8>(at);
      next = at + 1;
    }
    const product = (hash ^ (bytes | LOWER)) * MULTIPLIER;
    hash = product ^ (product >> 32);
    at = next;
  }
  return <u32>((hash * MULTIPLIER) >> 32);
}

/** In a table of at most so many buckets a name is told by its length and last byte. */
export const FEW_BUCKETS: u32 = 32;

/**
 * What a name lies by in a hash table, of which `mask` is the number of buckets less 1; there must be as many buckets as names, or more. The
 * case of letters is not counted (as for `hashText`). In a small table it is the length and the last byte: few of its names have both alike,
 * and a request looks several up. A table that grows beyond `FEW_BUCKETS` must ask anew for the names that it has.
 */
export function hashIn(mask: u32, start: usize, length: u32): u32 {
  // The byte before a name without any is not its own.
  if (length == 0) return 0;
  return mask >= FEW_BUCKETS ? hashText(start, length) : length + (load<u8>(start + length - 1) | 0x20);
}
