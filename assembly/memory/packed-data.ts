/** The two numbers at the end of the memory: where the packed data begins, and where it unpacks to. */
const TRAILER: usize = 2 * sizeof<u32>();
const PAGE_BITS: u32 = 16;

/** Codes below this one, but not 0, stand for themselves as a number of 32 bits: the length of a literal, mostly. */
export const NUMBERS: u32 = 0x20;
/** Codes from here on are two bytes: three bits of a length, 11 of a distance. */
export const NEAR: u32 = 0x80;
/** Codes from here on are three bytes: six bits of a length, 16 of a distance. */
export const FAR: u32 = 0xc0;
/** The byte after this code stands for itself. */
export const RAW: u32 = 0xff;
/** Shorter repetitions have no code. */
export const NEAR_LEAST: u32 = 3;
export const FAR_LEAST: u32 = 4;

/**
 * Unpacks the bytes from `from` up to `end` to `to`, and gives the address after the last byte written. 0 and a byte from 0x20 to 0x7f stand
 * for themselves, a byte between them for itself and three zeros; a larger one is a code for bytes that stand at a distance before `to` and are
 * repeated there.
 */
export function unpack(from: usize, end: usize, to: usize): usize {
  while (from < end) {
    const code = <u32>load<u8>(from++);
    let length: u32 = 0;
    let distance: u32 = 0;
    if (code - 1 < NUMBERS - 1) {
      store<u32>(to, code);
      to += sizeof<u32>();
    } else if (code < NEAR) {
      store<u8>(to++, code);
    } else if (code < FAR) {
      length = ((code >> 3) & 7) + NEAR_LEAST;
      distance = ((code & 7) << 8) | load<u8>(from++);
    } else if (code < RAW) {
      length = (code & 0x3f) + FAR_LEAST;
      distance = load<u16>(from);
      from += sizeof<u16>();
    } else {
      store<u8>(to++, load<u8>(from++));
    }
    // The two may overlap, so `memory.copy` would not do.
    for (; length > 0; length--) store<u8>(to, load<u8>(to++ - distance - 1));
  }
  return to;
}

/**
 * Puts the data of a module where its code looks for it: literals and tables. `tools/pack-data.ts` lays them down packed at the end of
 * the memory that a module starts with, which makes signalbox a tenth smaller. A module that was not packed has zeros there.
 *
 * It runs in `_initialize`, before any callback: no statement at the top of a file may read a literal.
 */
function unpackData(): void {
  const end = ((<usize>memory.size()) << PAGE_BITS) - TRAILER;
  const from = <usize>load<u32>(end);
  if (from == 0 || end < __heap_base) return;
  unpack(from, end, <usize>load<u32>(end + sizeof<u32>()));
  memory.fill(from, 0, end + TRAILER - from);
}

unpackData();
