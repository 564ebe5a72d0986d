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
/** So many fields of a rule are gone through in one step: each may have as many values. */
const FIELDS_A_STEP: u32 = 16;
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
  /** The clauses that lead to the rule at the least cost, that is chosen for; null where none do. */
  best: Clauses | null;
  /** If they have one alternative, the field that leads. */
  lead: Field | null;
  private least: u32;
  /** Where the counting or choice stands: the alternative, and the field of it that comes next. */
  private clauses: Clauses | null;
  private clause: Clause;
  private field: Field | null;
  /** The field of the alternative so far that leads at the least cost, and that; the largest number if none leads. */
  private cheapest: Field | null;
  private lowest: u32;
  /** How many rules a request may have to try that the values of the alternatives before lead to; the largest number if one has no field that leads. */
  private most: u32;

  /**
   * Begins the choice among these rules, for an index of that level: `count` for each of them, then `choose` and `consider` for each, then
   * `decide`. Everything lies in `scratch`.
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

  /** Begins to count for a rule or to choose for it. */
  begin(rule: SetRule): void {
    this.best = null;
    this.least = u32.MAX_VALUE;
    this.enter(rule.clauses);
  }

  /** Goes on to count how often each value of some fields is asked for that leads; true after all fields. */
  count(): bool {
    for (let i: u32 = 0; i < FIELDS_A_STEP; i++) {
      const clauses = this.clauses;
      if (clauses == null) return true;
      const field = this.field;
      if (field == null) {
        this.endClause(clauses);
      } else {
        this.field = field.next;
        countField(this.asked, field, this.scratch);
      }
    }
    return false;
  }

  /** Notes whether the rule that was chosen for is led to by what is cheap. */
  consider(): void {
    if (this.best == null) this.without++;
  }

  /** Finds out whether to lead by what is dear. */
  decide(): void {
    this.asksHost = this.without > FEW;
  }

  /** Goes on to choose, among some fields; true if `best` was found. */
  choose(): bool {
    for (let i: u32 = 0; i < FIELDS_A_STEP; i++) {
      const clauses = this.clauses;
      if (clauses == null) return true;
      const field = this.field;
      if (field == null) {
        const most = max(this.most, this.lowest);
        this.most = most;
        if (this.clause.or == null && most < this.least) {
          this.least = most;
          this.best = clauses;
          this.lead = this.cheapest;
        }
        this.endClause(clauses);
      } else {
        this.field = field.next;
        const cost = field.buckets == 0 ? u32.MAX_VALUE : this.fieldCost(field);
        if (cost < this.lowest) {
          this.lowest = cost;
          this.cheapest = field;
        }
      }
    }
    return false;
  }

  private enter(from: Clauses | null): void {
    let clauses = from;
    while (clauses != null && !mayLead(clauses, this.level)) clauses = clauses.next;
    this.clauses = clauses;
    this.most = 0;
    if (clauses != null) this.enterClause(clauses);
  }

  private enterClause(clause: Clause): void {
    this.clause = clause;
    this.field = clause.fields;
    this.lowest = u32.MAX_VALUE;
    this.cheapest = null;
  }

  private endClause(clauses: Clauses): void {
    const next = this.clause.or;
    if (next == null) this.enter(clauses.next);
    else this.enterClause(next);
  }

  /** The field of a clause that leads to it at the least cost; null where none does. One alone may lead at no cost that counts (`choose`). */
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
