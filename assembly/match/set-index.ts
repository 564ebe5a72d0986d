import { Region } from "../memory/region";
import { Fact, SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { Field, leadOf } from "./field";
import { lookupPart } from "./lookup";
import { Part } from "./probe";
import { Clause, Clauses, SetRule } from "./set-rule";
import { ValueTable } from "./value-table";

/** How many sets of rules an index keeps apart at most. */
export const MOST_SETS: u32 = 8;

/** Looking a fact up that the host has to be asked for is as dear as trying so many more rules. */
const HOST_CALL: u32 = 3;
/** Starts and ends are looked up for each length that some rule asks for, whole values but once. */
const PARTS: u32 = 1;
/** An expression is evaluated by a call of its own, which looking it up would make for every request: dearer than any rules. */
const EVALUATION: u32 = 1 << 24;

/** A rule in a bucket. */
@unmanaged
class Entry {
  rule: SetRule;
  next: Entry | null;
}

/**
 * Finds, for each of several sets of rules, the first that the current request meets, looking only at those that it can
 * meet: one pass for all sets.
 *
 * A request can meet a rule only with one of the values of some field in each alternative of, say, its `from`. So each rule
 * lies in the buckets of such values, of those that the fewest rules share; the request's own values lead to their buckets.
 * Rules that no value leads to, as they ask only for what must not be, are tried one by one. The outcome is that of
 * trying every rule.
 */
@unmanaged
export class SetIndex {
  private table: ValueTable;
  private alwaysFirst: Entry | null;
  private alwaysLast: Entry | null;
  /** The rules found, by their sets: addresses of `SetRule`s. */
  private found: usize;

  /**
   * Makes the index of a list of rules along `next`, in ascending order of their numbers within each set. `scratch` is
   * needed no more when it is made.
   */
  static build(region: Region, scratch: Region, slots: SlotTable, rules: SetRule | null, count: u32): SetIndex {
    const index = changetype<SetIndex>(region.take(offsetof<SetIndex>()));
    index.found = region.take(MOST_SETS * sizeof<usize>());
    const asked = ValueTable.open(scratch, count);
    let rule = rules;
    while (rule != null) {
      countValues(asked, rule, scratch);
      rule = rule.next;
    }
    index.table = ValueTable.open(region, count);
    rule = rules;
    while (rule != null) {
      index.place(region, rule, slots);
      rule = rule.next;
    }
    index.table.close(slots);
    packAll(region, rules);
    return index;
  }

  /** Looks for the current request's rules; `first` then gives them. */
  look(): void {
    memory.fill(this.found, 0, MOST_SETS * sizeof<usize>());
    const table = this.table;
    table.begin();
    let bucket: Bucket | null = table.nextBucket();
    while (bucket != null) {
      this.tryAll(changetype<Entry | null>(bucket.first));
      bucket = table.nextBucket();
    }
    this.tryAll(this.alwaysFirst);
  }

  /** The first rule of a set that the request of the last `look` meets; null where there is none. */
  first(set: u32): SetRule | null {
    return changetype<SetRule | null>(load<usize>(this.found + set * sizeof<usize>()));
  }

  private tryAll(entries: Entry | null): void {
    let entry = entries;
    while (entry != null) {
      const rule = entry.rule;
      const best = this.first(rule.set);
      if ((best == null || rule.number < best.number) && rule.holds()) {
        store<usize>(this.found + rule.set * sizeof<usize>(), changetype<usize>(rule));
      }
      entry = entry.next;
    }
  }

  /** Puts a rule where the values of its best clauses lead. */
  private place(region: Region, rule: SetRule, slots: SlotTable): void {
    let best: Clauses | null = null;
    let least = u32.MAX_VALUE;
    let clauses = rule.clauses;
    while (clauses != null) {
      const cost = costOf(clauses, slots);
      if (cost < least) {
        least = cost;
        best = clauses;
      }
      clauses = clauses.next;
    }
    if (best == null) return this.always(region, rule);
    let clause = best.first;
    while (clause != null) {
      const field = bestField(clause, slots);
      if (field != null) this.placeUnder(region, field, rule);
      clause = clause.next;
    }
  }

  private always(region: Region, rule: SetRule): void {
    const entry = entryOf(region, rule);
    const last = this.alwaysLast;
    if (last == null) this.alwaysFirst = entry;
    else last.next = entry;
    this.alwaysLast = entry;
  }

  private placeUnder(region: Region, field: Field, rule: SetRule): void {
    let bucket = field.buckets;
    let value = field.values;
    while (value != null) {
      const lead = leadOf(value);
      if (lead != null) {
        add(region, this.table.bucketLike(lead, askedOf(bucket)), rule);
        bucket += sizeof<usize>();
      }
      value = value.or;
    }
  }
}

/** Adds a rule, of a number above those before it, to a bucket; but once. */
function add(region: Region, bucket: Bucket, rule: SetRule): void {
  const last = changetype<Entry | null>(bucket.last);
  if (last != null && last.rule == rule) return;
  const entry = entryOf(region, rule);
  if (last == null) {
    bucket.first = changetype<usize>(entry);
    bucket.probe.use(bucket.length);
  } else {
    last.next = entry;
  }
  bucket.last = changetype<usize>(entry);
}

function entryOf(region: Region, rule: SetRule): Entry {
  const entry = changetype<Entry>(region.take(offsetof<Entry>()));
  entry.rule = rule;
  return entry;
}

/** Lets fields of many values look them up; not before the index is made, which goes through them one by one. */
function packAll(region: Region, rules: SetRule | null): void {
  let rule = rules;
  while (rule != null) {
    let clauses = rule.clauses;
    while (clauses != null) {
      let clause = clauses.first;
      while (clause != null) {
        let field = clause.fields;
        while (field != null) {
          field.pack(region);
          field = field.next;
        }
        clause = clause.next;
      }
      clauses = clauses.next;
    }
    rule = rule.next;
  }
}

/** Counts a rule in the buckets of all values that lead to it. */
function countValues(asked: ValueTable, rule: SetRule, scratch: Region): void {
  let clauses = rule.clauses;
  while (clauses != null) {
    let clause = clauses.first;
    while (clause != null) {
      let field = clause.fields;
      while (field != null) {
        if (leads(field)) countField(asked, field, scratch);
        field = field.next;
      }
      clause = clause.next;
    }
    clauses = clauses.next;
  }
}

/** Counts a field's values, each of which leads, and keeps their buckets in `scratch`: a value is hashed once. */
function countField(asked: ValueTable, field: Field, scratch: Region): void {
  let at = scratch.take(field.count * sizeof<usize>());
  field.buckets = at;
  let value = field.values;
  while (value != null) {
    const lead = leadOf(value);
    if (lead != null) {
      const bucket = asked.bucketFor(lead);
      bucket.asked++;
      store<usize>(at, changetype<usize>(bucket));
      at += sizeof<usize>();
    }
    value = value.or;
  }
}

/** The bucket of the table of what is asked for whose address is kept there. */
function askedOf(at: usize): Bucket {
  return changetype<Bucket>(load<usize>(at));
}

/** Whether only a request with one of the field's values can meet it, and a table finds each of them. */
function leads(field: Field): bool {
  if (field.negated || field.values == null) return false;
  let value = field.values;
  while (value != null) {
    if (leadOf(value) == null) return false;
    value = value.or;
  }
  return true;
}

/**
 * How many rules a request may have to try that one of these clauses' values lead to; the largest number where one of them
 * has no field that leads to it.
 */
function costOf(clauses: Clauses, slots: SlotTable): u32 {
  let most: u32 = 0;
  let clause = clauses.first;
  while (clause != null) {
    const field = bestField(clause, slots);
    if (field == null) return u32.MAX_VALUE;
    most = max(most, fieldCost(field, slots));
    clause = clause.next;
  }
  return most;
}

/** The field of a clause that leads to it at the least cost; null where none does. */
function bestField(clause: Clause, slots: SlotTable): Field | null {
  let best: Field | null = null;
  let least = u32.MAX_VALUE;
  let field = clause.fields;
  while (field != null) {
    if (field.buckets != 0) {
      const cost = fieldCost(field, slots);
      if (cost < least) {
        least = cost;
        best = field;
      }
    }
    field = field.next;
  }
  return best;
}

function fieldCost(field: Field, slots: SlotTable): u32 {
  let most: u32 = 0;
  let bucket = field.buckets;
  let value = field.values;
  while (value != null) {
    const lead = leadOf(value);
    if (lead != null) {
      most = max(most, askedOf(bucket).asked + extraCost(lead, slots));
      bucket += sizeof<usize>();
    }
    value = value.or;
  }
  return most;
}

function extraCost(condition: Condition, slots: SlotTable): u32 {
  const fact = slots.at(condition.slot).fact;
  if (fact == Fact.EXPRESSION) return EVALUATION;
  if (isAskedOfHost(fact)) return HOST_CALL;
  return lookupPart(condition) == Part.WHOLE ? 0 : PARTS;
}
