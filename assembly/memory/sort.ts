import { ITEMS_A_STEP, later } from "./agenda";
import { Region } from "./region";

/** Whether the record at address `a` comes before the one at `b`. */
type Before = (a: usize, b: usize) => bool;

/**
 * Sorts `count` addresses that lie at `list`, stably, by merging ever longer runs of them: later (`agenda.ts`), some addresses at a time.
 * What that takes lies in `scratch`. Two records of which neither comes before the other stay in their order.
 */
export function sortAddressesLater(list: usize, count: u32, scratch: Region, before: Before): void {
  if (count < 2) return;
  const sorting = changetype<Sorting>(scratch.take(offsetof<Sorting>()));
  sorting.list = list;
  sorting.count = count;
  sorting.before = before;
  sorting.from = list;
  sorting.to = scratch.take(count * sizeof<usize>());
  sorting.run = 1;
  later<Sorting>(sortSome, sorting);
}

function sortSome(sorting: Sorting): bool {
  return sorting.step();
}

/** Where the sorting of a list stands. */
@unmanaged
class Sorting {
  list: usize;
  count: u32;
  before: Before;
  /** Where runs of that length lie, and where they are merged to. */
  from: usize;
  to: usize;
  run: u32;
  /** What is left of two runs that are merged, `left` … `middle` and `right` … `end`, and where the next address of both comes. */
  private left: u32;
  private middle: u32;
  private right: u32;
  private end: u32;
  private at: u32;

  /** Goes on with some addresses; true if all are sorted. */
  step(): bool {
    const before = this.before;
    for (let i: u32 = 0; i < ITEMS_A_STEP; i++) {
      if (this.at == this.end && !this.enterRuns()) return true;
      const left = this.left;
      const right = this.right;
      let next = load<usize>(this.from + left * sizeof<usize>());
      let takesRight = left == this.middle;
      if (right < this.end) {
        const other = load<usize>(this.from + right * sizeof<usize>());
        takesRight = takesRight || before(other, next);
        if (takesRight) next = other;
      }
      store<usize>(this.to + this.at++ * sizeof<usize>(), next);
      if (takesRight) this.right++;
      else this.left++;
    }
    return false;
  }

  /** Begins with the next two runs; false if there is one alone. */
  private enterRuns(): bool {
    const count = this.count;
    let start = this.end;
    if (start == count) {
      const merged = this.to;
      this.to = this.from;
      this.from = merged;
      this.run *= 2;
      start = 0;
    }
    const run = this.run;
    if (run >= count) {
      if (this.from != this.list) memory.copy(this.list, this.from, count * sizeof<usize>());
      return false;
    }
    this.left = start;
    this.at = start;
    this.middle = min(start + run, count);
    this.right = this.middle;
    this.end = min(start + 2 * run, count);
    return true;
  }
}
