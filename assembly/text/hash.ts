import { lower } from "./ascii";

/** The start of a running FNV-1a hash (32 bits; Fowler, Noll and Vo). For tables, never for anything a user sees. */
export const HASH_START: u32 = 0x811c9dc5;
const PRIME: u32 = 0x01000193;

/** The hash with one more byte taken in. */
export function hashByte(hash: u32, byte: u32): u32 {
  return (hash ^ byte) * PRIME;
}

/** The hash of a run of bytes. */
export function hashBytes(start: usize, length: u32): u32 {
  let hash = HASH_START;
  for (let i: u32 = 0; i < length; i++) hash = hashByte(hash, load<u8>(start + i));
  return hash;
}

/** The hash of a run of bytes with its ASCII letters in lower case. */
export function hashLower(start: usize, length: u32): u32 {
  let hash = HASH_START;
  for (let i: u32 = 0; i < length; i++) hash = hashByte(hash, lower(load<u8>(start + i)));
  return hash;
}
