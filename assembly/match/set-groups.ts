import { Region } from "../memory/region";
import { Bucket } from "./buckets";
import { Condition, Test } from "./condition";
import { FEW } from "./few";
import { SetRule, limitOf } from "./set-rule";
import { ValueTable } from "./value-table";

/** A rule in a list. */
@unmanaged
export class Entry {
  rule: SetRule;
  next: Entry | null;

  static of(region: Region, rule: SetRule): Entry {
    const entry = changetype<Entry>(region.take(offsetof<Entry>()));
    entry.rule = rule;
    return entry;
  }
}

/** Rules of which none holds for a request that has one value. */
@unmanaged
class SetGroup {
  /** That value; null where there is none. */
  value: Condition | null;
  first: Entry;
  last: Entry;
  next: SetGroup | null;
}

/** Rules of a set that no value of a request leads to, in ascending order. Those that one value rules out lie together. */
@unmanaged
export class SetGroups {
  private region: Region;
  set: u32;
  /** Those of another set. */
  next: SetGroups | null;
  /** How many rules were added. */
  count: u32;
  /** By their first rules. */
  private first: SetGroup | null;
  private last: SetGroup | null;

  static open(region: Region, set: u32, next: SetGroups | null): SetGroups {
    const groups = changetype<SetGroups>(region.take(offsetof<SetGroups>()));
    groups.region = region;
    groups.set = set;
    groups.next = next;
    return groups;
  }

  /** Adds a rule after the others. */
  add(rule: SetRule): void {
    this.count++;
    this.addAlone(Entry.of(this.region, rule));
  }

  /**
   * Says that no rule comes any more. If there are many, gives all of them back: those that one value rules out are put together then, by
   * `place` for each.
   */
  givenBack(): Entry | null {
    const all = this.first;
    if (all == null || this.count <= FEW) return null;
    this.first = null;
    this.last = null;
    return all.first;
  }

  /** The first rule that the current request meets and that comes before `before`; else `before`. */
  firstBefore(before: SetRule | null): SetRule | null {
    let best = before;
    let group = this.first;
    while (group != null && group.first.rule.number < limitOf(best)) {
      const value = group.value;
      if (value == null || !value.isMet()) best = firstOf(group.first, best);
      group = group.next;
    }
    return best;
  }

  /** All rules, if there is one group, without a value; else null. */
  get alone(): Entry | null {
    const group = this.first;
    return group != null && group.value == null && group.next == null ? group.first : null;
  }

  /** How many values and rules a request tries one by one that has no value of a group. */
  get tried(): u32 {
    let tried: u32 = 0;
    let group = this.first;
    while (group != null) {
      tried += group.value == null ? triesOf(group.first) : 1;
      group = group.next;
    }
    return tried;
  }

  /** Puts a rule back, beside others that its shared value rules out. */
  place(entry: Entry, shared: SharedValue): void {
    entry.next = null;
    const bucket = shared.bucket;
    if (bucket == null) return this.addAlone(entry);
    const known = changetype<SetGroup | null>(bucket.first);
    if (known == null) bucket.first = changetype<usize>(this.open(shared.value, entry));
    else append(known, entry);
  }

  /** Adds a rule that shares no value with others. */
  private addAlone(entry: Entry): void {
    const group = this.last;
    if (group == null || group.value != null) this.open(null, entry);
    else append(group, entry);
  }

  private open(value: Condition | null, entry: Entry): SetGroup {
    const group = changetype<SetGroup>(this.region.take(offsetof<SetGroup>()));
    group.value = value;
    group.first = entry;
    group.last = entry;
    const last = this.last;
    if (last == null) this.first = group;
    else last.next = group;
    this.last = group;
    return group;
  }
}

/** How many rules a list has. */
export function countOf(entries: Entry | null): u32 {
  let count: u32 = 0;
  let entry = entries;
  while (entry != null) {
    count++;
    entry = entry.next;
  }
  return count;
}

/** How many rules of a list may be tried: none after one that is met by each request that is led to it. */
export function triesOf(entries: Entry | null): u32 {
  let tries: u32 = 0;
  let entry = entries;
  while (entry != null) {
    tries++;
    if (asksNoMore(entry.rule)) break;
    entry = entry.next;
  }
  return tries;
}

/** Whether all that the rule asks for is what leads to it. */
function asksNoMore(rule: SetRule): bool {
  let clauses = rule.clauses;
  while (clauses != null) {
    if (clauses.led == 0 || clauses.or != null) return false;
    const field = clauses.fields;
    if (field == null || field.next != null) return false;
    let value = field.values;
    while (value != null) {
      if (value.next != null || value.test > Test.SUFFIX) return false;
      value = value.or;
    }
    clauses = clauses.next;
  }
  return true;
}

function append(group: SetGroup, entry: Entry): void {
  group.last.next = entry;
  group.last = entry;
}

/** The first rule of an ascending list that the current request meets and that comes before `best`; else `best`. */
export function firstOf(entries: Entry | null, best: SetRule | null): SetRule | null {
  const limit = limitOf(best);
  let entry = entries;
  while (entry != null && entry.rule.number < limit) {
    if (entry.rule.holds()) return entry.rule;
    entry = entry.next;
  }
  return best;
}

/** Of the values each of which rules a rule out, the one that rules most rules out. */
@unmanaged
export class SharedValue {
  private table: ValueTable;
  /** Of the rule, where it has a value in common with others. */
  bucket: Bucket | null;
  value: Condition | null;

  static among(scratch: Region, count: u32): SharedValue {
    const shared = changetype<SharedValue>(scratch.take(offsetof<SharedValue>()));
    shared.table = ValueTable.open(scratch, count);
    return shared;
  }

  /** Begins with a rule. */
  begin(): void {
    this.bucket = null;
  }

  /** Counts a value of the rule's that rules it out or, when all are counted, considers it. */
  visit(value: Condition, counts: bool): void {
    if (value.next != null || value.test > Test.SUFFIX) return;
    const bucket = this.table.bucketFor(value);
    if (counts) {
      bucket.asked++;
      return;
    }
    const best = this.bucket;
    if (bucket.asked <= (best == null ? 1 : best.asked)) return;
    this.bucket = bucket;
    this.value = value;
  }
}
