import { openChain } from "../memory/chain";
import { Region } from "../memory/region";
import { Fact, SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { Field, leadOf } from "./field";
import { isPresence, lookupPart } from "./lookup";
import { Part } from "./value-part";
import { Entry, SetGroups, countOf, triesOf } from "./set-groups";
import { Clause, Clauses, SetRule } from "./set-rule";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** How many sets of rules an index keeps apart at most. */
export const MOST_SETS: u32 = 8;

/** Looking a fact up that the host has to be asked for is as dear as trying so many more rules. */
const HOST_CALL: u32 = 3;
/** Starts and ends are looked up for each length that some rule asks for, whole values but once. */
const PARTS: u32 = 1;
/** An expression is evaluated by a call of its own, which looking it up would make for every request: dearer than any rules. */
const EVALUATION: u32 = 1 << 24;

/** How deep indexes lie in one another: each parts its rules by another of `from`, `to` and `when`. */
const MAX_LEVELS: u32 = 3;

/** A bucket for a value that more than a few rules ask for. */
@unmanaged
class LargeBucket {
  bucket: Bucket;
  next: LargeBucket | null;
}

/**
 * Finds, for each of several sets of rules, the first that the current request meets, looking only at those that it can
 * meet: one pass for all sets.
 *
 * A request can meet a rule only with one of the values of some field in each alternative of, say, its `from`. So each rule
 * lies in the buckets of such values, of those that the fewest rules share; the request's own values lead to their buckets. A bucket of
 * many rules is an index by what else they ask for. Rules that no value leads to, as they ask only for what must not be, lie in groups
 * that one value rules out. The outcome is that of trying every rule.
 */
@unmanaged
export class SetIndex {
  private region: Region;
  private slots: SlotTable;
  private level: u32;
  private table: ValueTable;
  private large: LargeBucket | null;
  /** Of each set that has some, the rules that no value leads to. */
  private rest: SetGroups | null;
  /** The rules found, by their sets: addresses of `SetRule`s. */
  private found: usize;
  /** Whether rules are led to by the mere presence of what the host has to be asked for: only where that spares many tries. */
  private asksHost: bool;

  /**
   * Makes the index of a list of rules along `next`, in ascending order of their numbers within each set. `scratch` is
   * needed no more when it is made.
   */
  static build(region: Region, scratch: Region, slots: SlotTable, rules: SetRule | null, count: u32): SetIndex {
    const entries = openChain<Entry>(scratch);
    let rule = rules;
    while (rule != null) {
      entries.add(Entry.of(scratch, rule));
      rule = rule.next;
    }
    const found = region.take(MOST_SETS * sizeof<usize>());
    const index = SetIndex.ofLevel(region, scratch, slots, entries.first, count, found, 1);
    packAll(region, rules);
    return index;
  }

  private static ofLevel(
    region: Region,
    scratch: Region,
    slots: SlotTable,
    entries: Entry | null,
    count: u32,
    found: usize,
    level: u32,
  ): SetIndex {
    const index = changetype<SetIndex>(region.take(offsetof<SetIndex>()));
    index.region = region;
    index.slots = slots;
    index.level = level;
    index.found = found;
    index.table = ValueTable.open(region, count);
    index.countAll(scratch, entries, count);
    let entry = entries;
    while (entry != null) {
      index.place(entry.rule);
      entry = entry.next;
    }
    index.table.close(slots);
    let groups = index.rest;
    while (groups != null) {
      groups.group(scratch);
      groups = groups.next;
    }
    if (level < MAX_LEVELS) index.partLarge(scratch);
    if (countsTried()) index.noteTried();
    return index;
  }

  /** Looks for the current request's rules; `first` then gives them. */
  look(): void {
    memory.fill(this.found, 0, MOST_SETS * sizeof<usize>());
    this.lookOn();
  }

  /** The first rule of a set that the request of the last `look` meets; null where there is none. */
  first(set: u32): SetRule | null {
    return changetype<SetRule | null>(load<usize>(this.found + set * sizeof<usize>()));
  }

  /** Looks for rules that come before those found. */
  private lookOn(): void {
    const table = this.table;
    table.begin();
    let bucket: Bucket | null = table.nextBucket();
    while (bucket != null) {
      const entries = changetype<Entry | null>(bucket.first);
      const index = changetype<SetIndex | null>(bucket.last);
      if (entries != null || index == null) this.tryAll(entries);
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
      const best = this.first(rule.set);
      if ((best == null || rule.number < best.number) && rule.holds()) this.find(rule.set, rule);
      entry = entry.next;
    }
  }

  private find(set: u32, rule: SetRule | null): void {
    store<usize>(this.found + set * sizeof<usize>(), changetype<usize>(rule));
  }

  /** Counts how often each value is asked for that leads, and finds out whether to lead by what is dear. */
  private countAll(scratch: Region, entries: Entry | null, count: u32): void {
    if (this.level > 1) {
      const windows = Windows.open(scratch);
      visitExpressions(entries, windows, this.level, true);
      visitExpressions(entries, windows, this.level, false);
    }
    const asked = ValueTable.open(scratch, count);
    let entry = entries;
    while (entry != null) {
      countValues(asked, entry.rule, this.level, scratch);
      entry = entry.next;
    }
    let without: u32 = 0;
    entry = entries;
    while (entry != null) {
      if (this.bestClauses(entry.rule) == null) without++;
      entry = entry.next;
    }
    this.asksHost = without > FEW;
  }

  /** Puts a rule where the values of its best clauses lead. */
  private place(rule: SetRule): void {
    const best = this.bestClauses(rule);
    if (best == null) return this.addToRest(rule);
    best.led = this.level;
    let clause = best.first;
    while (clause != null) {
      const field = this.bestField(clause);
      if (field != null) this.placeUnder(field, rule);
      clause = clause.next;
    }
  }

  private addToRest(rule: SetRule): void {
    let groups = this.rest;
    while (groups != null && groups.set != rule.set) groups = groups.next;
    if (groups == null) {
      groups = SetGroups.open(this.region, rule.set, this.rest);
      this.rest = groups;
    }
    groups.add(rule);
  }

  private placeUnder(field: Field, rule: SetRule): void {
    let bucket = field.buckets;
    let value = field.values;
    while (value != null) {
      const lead = leadOf(value);
      if (lead != null) {
        this.keep(this.table.bucketLike(lead, askedOf(bucket)), askedOf(bucket).asked, rule);
        bucket += sizeof<usize>();
      }
      value = value.or;
    }
  }

  /** Adds a rule, of a number above those before it, to a bucket that so many ask for; but once. */
  private keep(bucket: Bucket, asked: u32, rule: SetRule): void {
    const last = changetype<Entry | null>(bucket.last);
    if (last != null && last.rule == rule) return;
    const entry = Entry.of(this.region, rule);
    if (last == null) {
      bucket.first = changetype<usize>(entry);
      this.table.use(bucket);
    } else {
      last.next = entry;
    }
    bucket.last = changetype<usize>(entry);
    if (last != null || asked <= FEW) return;
    const large = changetype<LargeBucket>(this.region.take(offsetof<LargeBucket>()));
    large.bucket = bucket;
    large.next = this.large;
    this.large = large;
  }

  /** Makes an index of each large bucket's rules. */
  private partLarge(scratch: Region): void {
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      const entries = changetype<Entry | null>(bucket.first);
      const count = countOf(entries);
      if (count > FEW) {
        const level = this.level + 1;
        const index = SetIndex.ofLevel(this.region, scratch, this.slots, entries, count, this.found, level);
        bucket.first = 0;
        bucket.last = changetype<usize>(index);
      }
      large = large.next;
    }
  }

  private noteTried(): void {
    let tried = this.table.tried;
    let groups = this.rest;
    while (groups != null) {
      tried += groups.tried;
      groups = groups.next;
    }
    noteTried(tried);
    let large = this.large;
    while (large != null) {
      noteTried(triesOf(changetype<Entry | null>(large.bucket.first)));
      large = large.next;
    }
  }

  /** The clauses that lead to a rule at the least cost; null where none do. */
  private bestClauses(rule: SetRule): Clauses | null {
    let best: Clauses | null = null;
    let least = u32.MAX_VALUE;
    let clauses = rule.clauses;
    while (clauses != null) {
      if (mayLead(clauses, this.level)) {
        const cost = this.costOf(clauses);
        if (cost < least) {
          least = cost;
          best = clauses;
        }
      }
      clauses = clauses.next;
    }
    return best;
  }

  /**
   * How many rules a request may have to try that one of these clauses' values lead to; the largest number where one of them
   * has no field that leads to it.
   */
  private costOf(clauses: Clauses): u32 {
    let most: u32 = 0;
    let clause = clauses.first;
    while (clause != null) {
      const field = this.bestField(clause);
      if (field == null) return u32.MAX_VALUE;
      most = max(most, this.fieldCost(field));
      clause = clause.next;
    }
    return most;
  }

  /** The field of a clause that leads to it at the least cost; null where none does. */
  private bestField(clause: Clause): Field | null {
    let best: Field | null = null;
    let least = u32.MAX_VALUE;
    let field = clause.fields;
    while (field != null) {
      if (field.buckets != 0) {
        const cost = this.fieldCost(field);
        if (cost < least) {
          least = cost;
          best = field;
        }
      }
      field = field.next;
    }
    return best;
  }

  private fieldCost(field: Field): u32 {
    let most: u32 = 0;
    let bucket = field.buckets;
    let value = field.values;
    while (value != null) {
      const lead = leadOf(value);
      if (lead != null) {
        if (!this.asksHost && isPresence(lead) && isAskedOfHost(this.slots.at(lead.slot).fact)) return u32.MAX_VALUE;
        most = max(most, askedOf(bucket).asked + extraCost(lead, this.slots));
        bucket += sizeof<usize>();
      }
      value = value.or;
    }
    return most;
  }
}

/** Lets clauses that lead to an index, as too many do, lead further by bytes that stand inside of all matches of their expressions. */
function visitExpressions(entries: Entry | null, windows: Windows, level: u32, counts: bool): void {
  let entry = entries;
  while (entry != null) {
    let clauses = entry.rule.clauses;
    while (clauses != null) {
      if (!mayLead(clauses, level) && visitClauses(clauses, windows, counts)) clauses.led = level;
      clauses = clauses.next;
    }
    entry = entry.next;
  }
}

/** Gives whether windows were chosen. */
function visitClauses(clauses: Clauses, windows: Windows, counts: bool): bool {
  let chosen = false;
  let clause = clauses.first;
  while (clause != null) {
    let field = clause.fields;
    while (field != null) {
      if (!field.negated && field.visitExpressions(windows, counts) && !counts) chosen = true;
      field = field.next;
    }
    clause = clause.next;
  }
  return chosen;
}

/** Whether clauses of a rule may lead to it in an index of that level: none before does by them. */
function mayLead(clauses: Clauses, level: u32): bool {
  return clauses.led == 0 || clauses.led >= level;
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
function countValues(asked: ValueTable, rule: SetRule, level: u32, scratch: Region): void {
  let clauses = rule.clauses;
  while (clauses != null) {
    let clause: Clause | null = mayLead(clauses, level) ? clauses.first : null;
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

function extraCost(condition: Condition, slots: SlotTable): u32 {
  const fact = slots.at(condition.slot).fact;
  if (fact == Fact.EXPRESSION) return EVALUATION;
  if (isAskedOfHost(fact)) return HOST_CALL;
  return lookupPart(condition) == Part.WHOLE ? 0 : PARTS;
}
