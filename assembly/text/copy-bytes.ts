/** Up to so many bytes are copied eight at a time: `memory.copy` is a call out of the compiled code, dearer than these. */
const FEW: u32 = 64;

/** Copies `length` bytes from one place to another, which must not overlap. */
export function copyBytes(to: usize, from: usize, length: u32): void {
  if (length > FEW) {
    memory.copy(to, from, length);
    return;
  }
  let at: u32 = 0;
  for (; at + 8 <= length; at += 8) store<u64>(to + at, load<u64>(from + at));
  for (; at < length; at++) store<u8>(to + at, load<u8>(from + at));
}
