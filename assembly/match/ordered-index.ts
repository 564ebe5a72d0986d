import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition, allHold } from "./condition";
import { isLookup } from "./lookup";
import { ValueTable } from "./value-table";

/** Conditions of which all must hold, and what follows where they do. */
@unmanaged
export class Rule {
  /** The rule's place in the order: of two that match, the one of the lower number counts. */
  number: u32;
  conditions: Condition | null;
  /** What the rule's owner keeps with it. */
  outcome: usize;
  /** The next rule of the list that is being made, and then of the bucket that the rule came into. */
  next: Rule | null;
}

/**
 * Finds the first of many rules that the current request meets, looking only at those that it can meet.
 *
 * Each rule with a condition that a value must equal, start with or end in lies in the bucket of the rarest such value; the
 * request's own values lead to their buckets. Rules without such a condition are tried one by one. The outcome is that
 * of going through all rules in order.
 */
@unmanaged
export class OrderedIndex {
  private count: u32;
  private table: ValueTable;
  private alwaysFirst: Rule | null;
  private alwaysLast: Rule | null;

  /** Makes the index of a list of rules in ascending order, `count` of them. The list's links are used up. */
  static build(region: Region, slots: SlotTable, rules: Rule | null, count: u32): OrderedIndex {
    const index = changetype<OrderedIndex>(region.take(offsetof<OrderedIndex>()));
    index.count = count;
    index.table = ValueTable.open(region, count);
    index.countValues(rules);
    let rule = rules;
    while (rule != null) {
      const next = rule.next;
      rule.next = null;
      index.place(rule);
      rule = next;
    }
    index.table.close(slots);
    return index;
  }

  /** Whether there are no rules. */
  get isEmpty(): bool {
    return this.count == 0;
  }

  /** The first rule that the current request meets; null where there is none. */
  first(): Rule | null {
    const table = this.table;
    let best: Rule | null = null;
    table.begin();
    let bucket = table.nextBucket();
    while (bucket != null) {
      best = firstOf(changetype<Rule | null>(bucket.first), best);
      bucket = table.nextBucket();
    }
    return firstOf(this.alwaysFirst, best);
  }

  /** Makes a bucket for each value that a condition asks for, and counts how often. */
  private countValues(rules: Rule | null): void {
    let rule = rules;
    while (rule != null) {
      let condition = rule.conditions;
      while (condition != null) {
        if (leads(condition)) this.table.bucketFor(condition).asked++;
        condition = condition.next;
      }
      rule = rule.next;
    }
  }

  /** Puts a rule, the highest so far, behind those of the bucket that the fewest share. */
  private place(rule: Rule): void {
    let rarest: Bucket | null = null;
    let condition = rule.conditions;
    while (condition != null) {
      if (leads(condition)) {
        const bucket = this.table.bucketFor(condition);
        if (rarest == null || bucket.asked < rarest.asked) rarest = bucket;
      }
      condition = condition.next;
    }
    if (rarest == null) {
      const last = this.alwaysLast;
      if (last == null) this.alwaysFirst = rule;
      else last.next = rule;
      this.alwaysLast = rule;
      return;
    }
    const last = changetype<Rule | null>(rarest.last);
    if (last == null) {
      rarest.first = changetype<usize>(rule);
      rarest.probe.use(rarest.length);
    } else {
      last.next = rule;
    }
    rarest.last = changetype<usize>(rule);
  }
}

/** The first rule of an ascending list that the current request meets and that comes before `best`; else `best`. */
function firstOf(rules: Rule | null, best: Rule | null): Rule | null {
  let rule = rules;
  while (rule != null && (best == null || rule.number < best.number)) {
    if (allHold(rule.conditions)) return rule;
    rule = rule.next;
  }
  return best;
}

/** Whether only requests that a table finds can meet the condition, no other one being as good. */
function leads(condition: Condition): bool {
  return condition.or == null && isLookup(condition);
}
