import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { Fact, SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { Field, leadOf } from "./field";
import { isPresence, lookupPart } from "./lookup";
import { Entry } from "./set-groups";
import { Clause, Clauses, SetRule } from "./set-rule";
import { Part } from "./value-part";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** The buckets of so many values are gone through in one step, in bytes. */
export const SOME_BUCKETS: usize = ITEMS_A_STEP * sizeof<usize>();
/** Looking a fact up that the host has to be asked for is as dear as trying so many more rules. */
const HOST_CALL: u32 = 3;
/** Starts and ends are looked up for each length that some rule asks for, whole values but once. */
const PARTS: u32 = 1;
/** An expression is evaluated by a call of its own, which looking it up would make for every request: dearer than any rules. */
const EVALUATION: u32 = 1 << 24;

/** Chooses which of a rule's values lead to it in an index: those that the fewest rules share, and that are cheap to look up. */
@unmanaged
export class LeadChoice {
  private slots: SlotTable;
  private level: u32;
  /** Whether rules are led to by the mere presence of what the host has to be asked for: only where that spares many tries. */
  private asksHost: bool;
  scratch: Region;
  private asked: ValueTable;
  /** How many rules no value leads to that is cheap. */
  private without: u32;

  /**
   * Begins the choice among these rules, for an index of that level: `count` each of them, then `consider` each, then `decide`. Everything
   * lies in `scratch`.
   */
  static among(scratch: Region, slots: SlotTable, entries: Entry | null, count: u32, level: u32): LeadChoice {
    const choice = changetype<LeadChoice>(scratch.take(offsetof<LeadChoice>()));
    choice.slots = slots;
    choice.level = level;
    if (level > 1) {
      const windows = Windows.open(scratch);
      visitExpressions(entries, windows, level, true);
      visitExpressions(entries, windows, level, false);
    }
    choice.scratch = scratch;
    choice.asked = ValueTable.open(scratch, count);
    return choice;
  }

  /** Counts how often each value of a rule is asked for that leads. */
  count(rule: SetRule): void {
    countValues(this.asked, rule, this.level, this.scratch);
  }

  /** Finds out whether a rule is led to by what is cheap. */
  consider(rule: SetRule): void {
    if (this.bestClauses(rule) == null) this.without++;
  }

  /** Finds out whether to lead by what is dear. */
  decide(): void {
    this.asksHost = this.without > FEW;
  }

  /** The clauses that lead to a rule at the least cost; null where none do. */
  bestClauses(rule: SetRule): Clauses | null {
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
    let clause: Clause | null = clauses;
    while (clause != null) {
      const field = this.bestField(clause);
      if (field == null) return u32.MAX_VALUE;
      most = max(most, this.fieldCost(field));
      clause = clause.or;
    }
    return most;
  }

  /** The field of a clause that leads to it at the least cost; null where none does. One alone may lead at no cost that counts (`costOf`). */
  bestField(clause: Clause): Field | null {
    let field = leading(clause.fields);
    // There is nothing to choose; if even that does not lead, its cost says so.
    if (field == null || leading(field.next) == null) return field;
    let best: Field | null = null;
    let least = u32.MAX_VALUE;
    while (field != null) {
      const cost = this.fieldCost(field);
      if (cost < least) {
        least = cost;
        best = field;
      }
      field = leading(field.next);
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
        most = max(most, <u32>askedOf(bucket).asked + extraCost(lead, this.slots));
        bucket += sizeof<usize>();
      }
      value = value.or;
    }
    return most;
  }
}

/** The first of fields that values lead to; null where there is none. */
function leading(fields: Field | null): Field | null {
  let field = fields;
  while (field != null && field.buckets == 0) field = field.next;
  return field;
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
  let clause: Clause | null = clauses;
  while (clause != null) {
    let field = clause.fields;
    while (field != null) {
      if (!field.negated && field.visitExpressions(windows, counts) && !counts) chosen = true;
      field = field.next;
    }
    clause = clause.or;
  }
  return chosen;
}

/** Whether clauses of a rule may lead to it in an index of that level: none before does by them. */
function mayLead(clauses: Clauses, level: u32): bool {
  return clauses.led == 0 || clauses.led >= level;
}

/** Counts a rule in the buckets of all values that lead to it. */
function countValues(asked: ValueTable, rule: SetRule, level: u32, scratch: Region): void {
  let clauses = rule.clauses;
  while (clauses != null) {
    let clause: Clause | null = mayLead(clauses, level) ? clauses : null;
    while (clause != null) {
      let field = clause.fields;
      while (field != null) {
        countField(asked, field, scratch);
        field = field.next;
      }
      clause = clause.or;
    }
    clauses = clauses.next;
  }
}

/** Counts a field's values, if each of them leads, and keeps their buckets in `scratch`: a value is hashed once. */
function countField(asked: ValueTable, field: Field, scratch: Region): void {
  const count = leads(field);
  if (count == 0) return;
  const at = scratch.take(count * sizeof<usize>());
  field.buckets = at;
  const rest = countSome(asked, field.values, at);
  if (rest == null) return;
  const counting = changetype<Counting>(scratch.take(offsetof<Counting>()));
  counting.asked = asked;
  counting.value = rest;
  counting.at = at + SOME_BUCKETS;
  later<Counting>(countMore, counting);
}

/** The counting of a field's values. */
@unmanaged
class Counting {
  asked: ValueTable;
  /** The value that comes next, and where its bucket is to be kept. */
  value: Condition | null;
  at: usize;
}

function countMore(counting: Counting): bool {
  counting.value = countSome(counting.asked, counting.value, counting.at);
  counting.at += SOME_BUCKETS;
  return counting.value == null;
}

/** Counts some values, each of which leads, and keeps their buckets from `to` on; gives the value that comes next. */
function countSome(asked: ValueTable, values: Condition | null, to: usize): Condition | null {
  let value = values;
  let at = to;
  for (const end = to + SOME_BUCKETS; at < end && value != null; at += sizeof<usize>()) {
    const lead = leadOf(value);
    if (lead != null) {
      const bucket = asked.bucketFor(lead);
      bucket.asked++;
      store<usize>(at, changetype<usize>(bucket));
    }
    value = value.or;
  }
  return value;
}

/** The bucket of the table of what is asked for whose address is kept there. */
export function askedOf(at: usize): Bucket {
  return changetype<Bucket>(load<usize>(at));
}

/** How many values a field has, if only a request with one of them can meet it, and a table finds each of them; else 0. */
function leads(field: Field): u32 {
  let count: u32 = 0;
  let value: Condition | null = field.negated ? null : field.values;
  while (value != null) {
    if (leadOf(value) == null) return 0;
    count++;
    value = value.or;
  }
  return count;
}

function extraCost(condition: Condition, slots: SlotTable): u32 {
  const fact = slots.at(condition.slot).fact;
  if (fact == Fact.EXPRESSION) return EVALUATION;
  if (isAskedOfHost(fact)) return HOST_CALL;
  return lookupPart(condition) == Part.WHOLE ? 0 : PARTS;
}
