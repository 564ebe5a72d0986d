import { Region } from "../memory/region";
import { Rule, RuleGroups, firstOf } from "./rule-groups";
import { ValueTable } from "./value-table";

export { Rule } from "./rule-groups";

/**
 * Finds the first of many rules that the current request meets, looking only at those that it can meet.
 *
 * Each rule with a condition that asks for certain values, or any, of something lies in the bucket of the rarest such value; the
 * request's own values lead to their buckets. A bucket of many rules is an index by their other conditions. Rules that no value leads
 * to, as they ask for what must not be, lie in groups that one such condition rules out. A few simple rules are tried as they are: that
 * costs less than to be led to one. The outcome is that of going through all rules in order. `index-filling.ts` makes it.
 */
@unmanaged
export class OrderedIndex {
  count: u32;
  table: ValueTable;
  rest: RuleGroups;
  /** If no value leads to a rule, and no condition rules several out, all of them: most indexes are so small. Else null. */
  alone: Rule | null;
  /** The level of the index: 1 if it lies in no other. */
  level: u32;
  /** While it waits to be filled: its rules in ascending order, and the index that is filled after it. */
  rules: Rule | null;
  next: OrderedIndex | null;

  /** An index that is still to be filled with `count` rules or, if it lies in another one, about as many. */
  static open(region: Region, rules: Rule | null, count: u32, level: u32): OrderedIndex {
    const index = changetype<OrderedIndex>(region.take(offsetof<OrderedIndex>()));
    index.count = count;
    index.level = level;
    index.rules = rules;
    return index;
  }

  /** Whether there are no rules. */
  get isEmpty(): bool {
    return this.count == 0;
  }

  /** The first rule that the current request meets; null where there is none. */
  first(): Rule | null {
    const alone = this.alone;
    return alone != null ? firstOf(alone, null) : this.firstBefore(null);
  }

  /** Says that all rules lie in their places. */
  close(): void {
    if (this.table.isEmpty) this.alone = this.rest.alone;
  }

  /** The first rule that the current request meets and that comes before `before`; else `before`. */
  private firstBefore(before: Rule | null): Rule | null {
    const table = this.table;
    let best = before;
    let bucket = table.firstBucket();
    while (bucket != null) {
      const index = changetype<OrderedIndex | null>(bucket.index);
      best = index == null ? firstOf(changetype<Rule | null>(bucket.first), best) : index.firstBefore(best);
      bucket = table.nextBucket();
    }
    return this.rest.firstBefore(best);
  }
}
