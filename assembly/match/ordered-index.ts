import { Region } from "../memory/region";
import { SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { isLookup, isPresence } from "./lookup";
import { Rule, RuleGroups, firstOf } from "./rule-groups";
import { ValueTable } from "./value-table";

export { Rule } from "./rule-groups";

/** Up to so many rules are tried one by one: that is cheaper than leading to them. */
const FEW: u32 = 8;
/** How deep indexes lie in one another: each parts its rules by one more of their conditions. */
const MAX_LEVELS: u32 = 4;

/** How a condition leads to its rule. */
const enum Lead {
  NOT,
  /** By there being some value that the host has to be asked for: it must spare many tries. */
  DEARLY,
  WELL,
}

/** A bucket for a value that more than a few rules ask for. */
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
  /** The number of the first rule. */
  private least: u32;
  private table: ValueTable;
  private large: LargeBucket | null;
  private rest: RuleGroups;
  /** The least way in which a condition leads here. */
  private lead: Lead;

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
    if (rules != null) index.least = rules.number;
    index.lead = Lead.WELL;
    if (index.countValues(rules, Lead.WELL) > FEW) {
      index.lead = Lead.DEARLY;
      index.countValues(rules, Lead.DEARLY);
    }
    index.placeAll(rules);
    index.table.close(slots);
    index.rest.group();
    if (level < MAX_LEVELS) index.partLarge(level + 1);
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
    if (before != null && before.number < this.least) return before;
    const table = this.table;
    let best = before;
    table.begin();
    let bucket = table.nextBucket();
    while (bucket != null) {
      const rules = changetype<Rule | null>(bucket.first);
      const index = changetype<OrderedIndex | null>(bucket.last);
      best = rules != null || index == null ? firstOf(rules, best) : index.firstBefore(best);
      bucket = table.nextBucket();
    }
    return this.rest.firstBefore(best);
  }

  /** Counts how often the values are asked for that conditions lead by in that way. Gives how many rules have no such condition. */
  private countValues(rules: Rule | null, lead: Lead): u32 {
    let without: u32 = 0;
    let rule = rules;
    while (rule != null) {
      let found = false;
      let condition = rule.conditions;
      while (condition != null) {
        if (leadOf(condition, this.slots) == lead) {
          found = true;
          this.countAll(condition);
        }
        condition = condition.next;
      }
      if (!found) without++;
      rule = rule.next;
    }
    return without;
  }

  private countAll(condition: Condition): void {
    let one: Condition | null = condition;
    while (one != null) {
      this.table.bucketFor(one).asked++;
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
    let least = u32.MAX_VALUE;
    let condition = rule.conditions;
    while (condition != null) {
      if (leadOf(condition, this.slots) >= this.lead) {
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
    this.keep(rule, rarest);
    let other = rarest.or;
    while (other != null) {
      const copy = changetype<Rule>(this.region.take(offsetof<Rule>()));
      copy.number = rule.number;
      copy.conditions = rule.conditions;
      copy.outcome = rule.outcome;
      this.keep(copy, other);
      other = other.or;
    }
  }

  /** How many rules share the value, of those that will do, that most share. */
  private mostAsked(condition: Condition): u32 {
    let most: u32 = 0;
    let one: Condition | null = condition;
    while (one != null) {
      most = max(most, this.table.bucketFor(one).asked);
      one = one.or;
    }
    return most;
  }

  private keep(rule: Rule, condition: Condition): void {
    const bucket = this.table.bucketFor(condition);
    const last = changetype<Rule | null>(bucket.last);
    if (last == null) {
      bucket.first = changetype<usize>(rule);
      bucket.probe.use(bucket.length);
    } else {
      last.next = rule;
    }
    bucket.last = changetype<usize>(rule);
    if (last != null || bucket.asked <= FEW) return;
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
      const count = countOf(rules);
      if (count > FEW) {
        bucket.first = 0;
        bucket.last = changetype<usize>(OrderedIndex.ofLevel(this.region, this.slots, rules, count, level));
      }
      large = large.next;
    }
  }
}

function countOf(rules: Rule | null): u32 {
  let count: u32 = 0;
  let rule = rules;
  while (rule != null) {
    count++;
    rule = rule.next;
  }
  return count;
}

/** How a condition leads to rules: only requests that a table finds can meet it, or any other that would do in its place. */
function leadOf(condition: Condition, slots: SlotTable): Lead {
  if (condition.led) return Lead.NOT;
  let lead = Lead.WELL;
  let one: Condition | null = condition;
  while (one != null) {
    if (!isLookup(one)) return Lead.NOT;
    if (isPresence(one) && isAskedOfHost(slots.at(one.slot).fact)) lead = Lead.DEARLY;
    one = one.or;
  }
  return lead;
}
