/**
 * The heap of a module, in place of AssemblyScript's own, which is a kilobyte larger. Blocks have sizes that are powers of two, and one
 * that was given back is used again for that size: the blocks of a module are few, and those of the next configuration are as large
 * as those of the last.
 */

import { VECTOR } from "./vector";

/** Bytes before a block's own: of what power of two it is, padded to 8. */
export const HEADER: usize = 8;
const PAGE_BITS: u32 = 16;
const ORDERS = 32;
/** For each power of two the last block that was given back, in which the address of the one before it stands. */
const given = memory.data(ORDERS * sizeof<usize>(), sizeof<usize>());

/** The memory from here on was never used, and there is none for blocks from `end` on. */
let unused: usize = 0;
let end: usize = 0;

/** Gives the address of at least `size` bytes, aligned to 8, which need not be zero; traps if the host gives no more memory. */
export function allocate(size: usize): usize {
  const order = <usize>32 - clz((<u32>size + <u32>(HEADER - 1)) | (<u32>HEADER));
  const last = given + order * sizeof<usize>();
  const block = load<usize>(last);
  if (block != 0) {
    store<usize>(last, load<usize>(block));
    return block;
  }
  const whole = (<usize>1) << order;
  if (whole > end - unused) grow(whole);
  const start = unused;
  unused += whole;
  store<u32>(start, <u32>order);
  return start + HEADER;
}

/** How many bytes a block has; at least as many as were asked for. */
export function roomOf(block: usize): usize {
  return ((<usize>1) << load<u32>(block - HEADER)) - HEADER;
}

/** Gives a block back: it must not be used afterwards. */
export function release(block: usize): void {
  const last = given + load<u32>(block - HEADER) * sizeof<usize>();
  store<usize>(block, load<usize>(last));
  store<usize>(last, block);
}

/** Takes memory of the host, which is where the last ends unless somebody else has taken some. */
function grow(least: usize): void {
  const top = (<usize>memory.size()) << PAGE_BITS;
  if (top != end + VECTOR) unused = top;
  const missing = least + VECTOR - (top - unused);
  const pages = (missing + ((1 << PAGE_BITS) - 1)) >> PAGE_BITS;
  // eslint-disable-next-line no-restricted-syntax -- nothing can go on without memory; AssemblyScript's own heap traps as well
  if (memory.grow(<i32>pages) < 0) unreachable();
  end = top + (pages << PAGE_BITS) - VECTOR;
}
