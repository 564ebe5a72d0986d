import { allocate, release } from "./heap";
/** Bytes that a callback may use without the heap being asked: the headers of nearly every request fit. */
const BLOCK: usize = 32 * 1024;
/** A spill block starts with the address of the one before it, padded to 8. */
const SPILL_HEADER: usize = 8;

let block: usize = 0;
let next: usize = 0;
let end: usize = 0;
let spill: usize = 0;

/**
 * Memory that lives until the next callback: what the host hands over, and what a request's evaluation puts together.
 *
 * The host never frees what it asked for, and every such buffer is dead when the callback ends, so each callback
 * begins with `resetArena`. Between two entries the host re-enters the module only through `malloc` (no host call runs another
 * callback before it returns), so one level is enough.
 */
export function arenaTake(size: usize): usize {
  const at = next;
  const aligned = (size + 7) & ~7;
  if (aligned <= end - at) {
    next = at + aligned;
    return at;
  }
  return takeFromSpill(aligned);
}

/** Frees what the callback before this one used. The frame (`assembly/plugin`) calls it as a callback begins, and no filter does. */
export function resetArena(): void {
  if (spill != 0) freeSpill();
  next = block;
}

/** What does not fit the block: the first use of all, and the rare callback that is handed much. */
function takeFromSpill(size: usize): usize {
  if (block == 0) {
    block = allocate(BLOCK);
    next = block;
    end = block + BLOCK;
    if (size <= BLOCK) {
      next = block + size;
      return block;
    }
  }
  const taken = allocate(size + SPILL_HEADER);
  store<usize>(taken, spill);
  spill = taken;
  return taken + SPILL_HEADER;
}

/**
 * Keeps what `arenaTake` gave last past the callback: `releaseKept` gives it back. False if it is too small for that, as it lies between
 * other things then.
 */
export function keepLast(at: usize): bool {
  if (spill != at - SPILL_HEADER) return false;
  spill = load<usize>(spill);
  return true;
}

/** Gives back what `keepLast` kept. */
export function releaseKept(at: usize): void {
  release(at - SPILL_HEADER);
}

function freeSpill(): void {
  while (spill != 0) {
    const before = load<usize>(spill);
    release(spill);
    spill = before;
  }
}
