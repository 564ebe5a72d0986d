import { Region } from "../memory/region";
import { SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { isLookup, isPresence } from "./lookup";
import { Rule, RuleGroups, firstOf, triesOf } from "./rule-groups";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

export { Rule } from "./rule-groups";

/** How deep indexes lie in one another: each parts its rules by one more of their conditions. */
const MAX_LEVELS: u32 = 4;

/** A bucket for a value that more than a few rules may ask for. */
@unmanaged
class LargeBucket {
  bucket: Bucket;
  next: LargeBucket | null;
}

/**
 * Finds the first of many rules that the current request meets, looking only at those that it can meet.
 *
 * Each rule with a condition that asks for certain values, or any, of something lies in the bucket of the rarest such value; the
 * request's own values lead to their buckets. A bucket of many rules is an index by their other conditions. Rules that no value leads
 * to, as they ask for what must not be, lie in groups that one such condition rules out. The outcome is that of going through all
 * rules in order.
 */
@unmanaged
export class OrderedIndex {
  private region: Region;
  private slots: SlotTable;
  private count: u32;
  /** What all conditions look up that lead, and by how many rules it is asked for; dead when the index is made. */
  private asked: ValueTable;
  private table: ValueTable;
  private large: LargeBucket | null;
  private rest: RuleGroups;
  /** The level of the index: 1 if it lies in no other. */
  private level: u32;

  /** Makes the index of a list of rules in ascending order, `count` of them. The list's links are used up. */
  static build(region: Region, slots: SlotTable, rules: Rule | null, count: u32): OrderedIndex {
    return OrderedIndex.ofLevel(region, slots, rules, count, 1);
  }

  private static ofLevel(region: Region, slots: SlotTable, rules: Rule | null, count: u32, level: u32): OrderedIndex {
    const index = changetype<OrderedIndex>(region.take(offsetof<OrderedIndex>()));
    index.region = region;
    index.slots = slots;
    index.count = count;
    index.table = ValueTable.open(region, count);
    index.rest = RuleGroups.open(region);
    index.level = level;
    const scratch = Region.open();
    if (level > 1) chooseWindows(scratch, rules);
    index.asked = ValueTable.open(scratch, count);
    index.countValues(rules);
    index.placeAll(rules);
    scratch.close();
    index.table.close(slots);
    index.rest.group();
    if (level < MAX_LEVELS) index.partLarge(level + 1);
    if (countsTried()) index.noteTried();
    return index;
  }

  /** Whether there are no rules. */
  get isEmpty(): bool {
    return this.count == 0;
  }

  /** The first rule that the current request meets; null where there is none. */
  first(): Rule | null {
    return this.firstBefore(null);
  }

  /** The first rule that the current request meets and that comes before `before`; else `before`. */
  private firstBefore(before: Rule | null): Rule | null {
    const table = this.table;
    let best = before;
    table.begin();
    let bucket = table.nextBucket();
    while (bucket != null) {
      const index = changetype<OrderedIndex | null>(bucket.index);
      best = index == null ? firstOf(changetype<Rule | null>(bucket.first), best) : index.firstBefore(best);
      bucket = table.nextBucket();
    }
    return this.rest.firstBefore(best);
  }

  /** Counts how often the values are asked for that lead. */
  private countValues(rules: Rule | null): void {
    let rule = rules;
    while (rule != null) {
      let condition = rule.conditions;
      while (condition != null) {
        if (this.leads(condition)) this.countAll(condition);
        condition = condition.next;
      }
      rule = rule.next;
    }
  }

  private countAll(condition: Condition): void {
    let one: Condition | null = condition;
    while (one != null) {
      this.asked.bucketFor(one).asked++;
      one = one.or;
    }
  }

  private placeAll(rules: Rule | null): void {
    let rule = rules;
    while (rule != null) {
      const next = rule.next;
      rule.next = null;
      this.place(rule);
      rule = next;
    }
  }

  /** Puts a rule, the highest so far, behind those of the buckets of the condition whose values the fewest share. */
  private place(rule: Rule): void {
    let rarest: Condition | null = null;
    let least = usize.MAX_VALUE;
    let condition = rule.conditions;
    while (condition != null) {
      if (this.leads(condition)) {
        const asked = this.mostAsked(condition);
        if (asked < least) {
          least = asked;
          rarest = condition;
        }
      }
      condition = condition.next;
    }
    if (rarest == null) return this.rest.add(rule);
    rarest.led = true;
    this.keep(rule, rarest, least);
    let other = rarest.or;
    while (other != null) {
      const copy = changetype<Rule>(this.region.take(offsetof<Rule>()));
      memory.copy(changetype<usize>(copy), changetype<usize>(rule), offsetof<Rule>("next"));
      this.keep(copy, other, least);
      other = other.or;
    }
  }

  /**
   * Whether only requests that a table finds can meet the condition, or any other that would do in its place. That there is something
   * which the host has to be asked for leads to none but rules that are many and alike: it costs each request a host call.
   */
  private leads(condition: Condition): bool {
    let one: Condition | null = condition;
    while (one != null) {
      if (one.led || !isLookup(one)) return false;
      if (this.level == 1 && isPresence(one) && isAskedOfHost(this.slots.at(one.slot).fact)) return false;
      one = one.or;
    }
    return true;
  }

  /** How many rules share the value, of those that will do, that most share. */
  private mostAsked(condition: Condition): usize {
    let most: usize = 0;
    let one: Condition | null = condition;
    while (one != null) {
      most = max(most, this.asked.bucketFor(one).asked);
      one = one.or;
    }
    return most;
  }

  /** Puts a rule behind those of a condition's bucket, for which at most so many ask. */
  private keep(rule: Rule, condition: Condition, asked: usize): void {
    const bucket = this.table.bucketFor(condition);
    const last = changetype<Rule | null>(bucket.asked);
    if (last == null) {
      bucket.first = changetype<usize>(rule);
      this.table.use(bucket);
    } else {
      last.next = rule;
    }
    bucket.asked = changetype<usize>(rule);
    if (last != null || asked <= FEW) return;
    const large = changetype<LargeBucket>(this.region.take(offsetof<LargeBucket>()));
    large.bucket = bucket;
    large.next = this.large;
    this.large = large;
  }

  /** Makes an index of each large bucket's rules. */
  private partLarge(level: u32): void {
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      const rules = changetype<Rule | null>(bucket.first);
      let ninth = rules;
      for (let i: u32 = 0; i < FEW && ninth != null; i++) ninth = ninth.next;
      // Of those that ask for the value, most may lie in other buckets.
      if (ninth != null) {
        bucket.index = changetype<usize>(OrderedIndex.ofLevel(this.region, this.slots, rules, FEW, level));
      }
      large = large.next;
    }
  }

  private noteTried(): void {
    noteTried(this.table.tried + this.rest.tried);
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      if (bucket.index == 0) noteTried(triesOf(changetype<Rule | null>(bucket.first)));
      large = large.next;
    }
  }
}

/** Lets expressions that lead here, as too many do, lead further by bytes that stand inside of all their matches. */
function chooseWindows(scratch: Region, rules: Rule | null): void {
  const windows = Windows.open(scratch);
  visitExpressions(rules, windows, true);
  visitExpressions(rules, windows, false);
}

function visitExpressions(rules: Rule | null, windows: Windows, counts: bool): void {
  let rule = rules;
  while (rule != null) {
    let condition = rule.conditions;
    while (condition != null) {
      if (condition.led && windows.visit(condition, counts)) condition.led = counts;
      condition = condition.next;
    }
    rule = rule.next;
  }
}
