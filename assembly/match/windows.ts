import { Region } from "../memory/region";
import { Condition } from "./condition";
import { WINDOW } from "./probe";

/** How many places there are for counts: a power of two, and of what. */
const PLACES_BITS: u32 = 14;
const PLACES: u32 = 1 << PLACES_BITS;
/** In each byte the bit by which a letter's upper and lower case differ. */
const LOWER: u32 = 0x20202020;
/** An odd number without a pattern: 2^32 divided by the golden ratio. */
const MULTIPLIER: u32 = 0x9e3779b1;

/**
 * Chooses for each of many expressions the few bytes by which an index leads to it: of those that stand in a row in every match, the
 * ones that the fewest others have.
 */
@unmanaged
export class Windows {
  /** By their hashes: how many expressions have a window. Two of one place count as one. */
  private counts: usize;
  private scratch: Region;

  static open(scratch: Region): Windows {
    const windows = changetype<Windows>(scratch.take(offsetof<Windows>()));
    windows.scratch = scratch;
    return windows;
  }

  /** Counts the windows of a condition that has none chosen or, when all are counted, chooses one; gives whether it did. */
  visit(condition: Condition, counts: bool): bool {
    const regex = condition.regex;
    if (regex == null || condition.window > 0) return false;
    const required = regex.required;
    if (this.counts == 0) this.counts = this.scratch.take(PLACES * sizeof<u32>());
    let least = u32.MAX_VALUE;
    for (let at: u32 = 0; at + WINDOW <= required.length; at++) {
      const place = this.counts + placeOf(load<u32>(required.start + at)) * sizeof<u32>();
      const count = load<u32>(place) + <u32>counts;
      store<u32>(place, count);
      if (!counts && count < least) {
        least = count;
        condition.window = at + 1;
      }
    }
    return counts || condition.window > 0;
  }
}

/** The place of the four bytes of a window. */
function placeOf(window: u32): u32 {
  return ((window | LOWER) * MULTIPLIER) >> (32 - PLACES_BITS);
}
