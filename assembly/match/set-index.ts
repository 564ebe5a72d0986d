import { Region } from "../memory/region";
import { VECTOR } from "../memory/vector";
import { Entry, SetGroups, firstOf } from "./set-groups";
import { SetRule, limitOf } from "./set-rule";
import { ValueTable } from "./value-table";

/** How many sets of rules an index keeps apart at most: so many that two stores clear what was found of them. */
export const MAX_SETS: u32 = (2 * VECTOR) / sizeof<usize>();

/**
 * Finds, for each of several sets of rules, the first that the current request meets, looking only at those that it can
 * meet: one pass for all sets.
 *
 * A request can meet a rule only with one of the values of some field in each alternative of, say, its `from`. So each rule
 * lies in the buckets of such values, of those that the fewest rules share; the request's own values lead to their buckets. A bucket of
 * many rules is an index by what else they ask for. Rules that no value leads to, as they ask only for what must not be, lie in groups
 * that one value rules out. A few simple rules are tried as they are. The outcome is that of trying every rule. `set-filling.ts` makes it.
 */
@unmanaged
export class SetIndex {
  table: ValueTable;
  /** Of each set that has some, the rules that no value leads to. */
  rest: SetGroups | null;
  /** If no value leads to a rule, and none rules several out, and all are of one set, all of them: most indexes are so small. Else null. */
  private alone: Entry | null;
  /** The level of the index: 1 if it lies in no other. */
  level: u32;
  /** The rules found, by their sets: addresses of `SetRule`s. */
  private found: usize;

  /** An index that is still to be filled with `count` rules, in `region`: alone, or in a bucket of another one. */
  static open(region: Region, count: u32, outer: SetIndex | null): SetIndex {
    const index = changetype<SetIndex>(region.take(offsetof<SetIndex>()));
    index.level = outer == null ? 1 : outer.level + 1;
    index.found = outer == null ? region.take(MAX_SETS * sizeof<usize>()) : outer.found;
    index.table = ValueTable.open(region, count);
    return index;
  }

  /** Looks for the current request's rules; `first` then gives them. */
  look(): void {
    // By stores, as `memory.fill` looks at the bounds of memory first.
    v128.store(this.found, i64x2.splat(0));
    v128.store(this.found, i64x2.splat(0), VECTOR);
    const alone = this.alone;
    if (alone != null) this.find(alone.rule.set, firstOf(alone, null));
    else this.lookOn();
  }

  /** Says that all rules lie in their places. */
  close(): void {
    const rest = this.rest;
    if (this.table.isEmpty && rest != null && rest.next == null) this.alone = rest.alone;
  }

  /** The first rule of a set that the request of the last `look` meets; null where there is none. */
  first(set: u32): SetRule | null {
    return changetype<SetRule | null>(load<usize>(this.found + set * sizeof<usize>()));
  }

  /** Looks for rules that come before those found. */
  private lookOn(): void {
    const table = this.table;
    let bucket = table.firstBucket();
    while (bucket != null) {
      const index = changetype<SetIndex | null>(bucket.index);
      if (index == null) this.tryAll(changetype<Entry | null>(bucket.first));
      else index.lookOn();
      bucket = table.nextBucket();
    }
    let groups = this.rest;
    while (groups != null) {
      this.find(groups.set, groups.firstBefore(this.first(groups.set)));
      groups = groups.next;
    }
  }

  private tryAll(entries: Entry | null): void {
    let entry = entries;
    while (entry != null) {
      const rule = entry.rule;
      if (rule.number < limitOf(this.first(rule.set)) && rule.holds()) this.find(rule.set, rule);
      entry = entry.next;
    }
  }

  private find(set: u32, rule: SetRule | null): void {
    store<usize>(this.found + set * sizeof<usize>(), changetype<usize>(rule));
  }
}
