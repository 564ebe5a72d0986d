import { Place } from "../../assembly/config/place";
import { Clause, Clauses, SetRule } from "../../assembly/match/set-rule";
import { laterInAnyOrder } from "../../assembly/memory/agenda";
import { Text, utf8 } from "../../assembly/text/text";
import { PolicyRule } from "./policy";
import { readOperation } from "./read-operation";
import { readSource } from "./read-source";
import { readWhen } from "./read-when";
import { RuleReader } from "./rule-reader";

/** As many of the alternatives or conditions of a long list are read in one step as stand in so many bytes: each may have many values. */
const BYTES_A_STEP: u32 = 256;

/**
 * Reads a rule: one of `from`, one of `to` and all of `when` must hold, and what is not given holds for every request
 * (AuthorizationPolicy `Rule`).
 */
export function readRule(place: Place, reader: RuleReader): PolicyRule {
  const rule = changetype<PolicyRule>(reader.region.take(offsetof<PolicyRule>()));
  if (!place.present) place.expected(utf8("a rule; {} matches every request"));
  if (!place.object()) return rule;
  const from = readAlternatives(place.field(utf8("from")), utf8("source"), readSource, reader);
  const to = readAlternatives(place.field(utf8("to")), utf8("operation"), readOperation, reader);
  const when = readConditions(place.field(utf8("when")), reader);
  place.noOtherFields();
  // What is linked last is tested first: what the request says, then who sends it, then conditions, which may be expressions.
  link(rule, when);
  link(rule, from);
  link(rule, to);
  return rule;
}

function link(rule: SetRule, clauses: Clauses | null): void {
  if (clauses == null) return;
  clauses.next = rule.clauses;
  rule.clauses = clauses;
}

/** Reads what an alternative of `from` or `to` holds into its clause. */
type ReadClause = (place: Place, clause: Clause, reader: RuleReader) => void;

/** Reads a list of alternatives, each an object with the one field of that name. */
function readAlternatives(place: Place, name: Text, read: ReadClause, reader: RuleReader): Clauses | null {
  if (!isFilledList(place)) return null;
  const reading = ClausesReading.of(place, addAlternative, reader);
  reading.name = name;
  reading.read = read;
  return readClauses(place, reading);
}

function addAlternative(place: Place, reading: ClausesReading): void {
  const reader = reading.reader;
  const held = place.field(reading.name);
  place.noOtherFields();
  if (reading.isBegun) {
    const clause = changetype<Clause>(reader.region.take(offsetof<Clause>()));
    reading.clause.or = clause;
    reading.clause = clause;
  }
  reading.isBegun = true;
  const read = reading.read;
  if (held.required()) read(held, reading.clause, reader);
}

/** Reads a list of conditions. */
function readConditions(place: Place, reader: RuleReader): Clauses | null {
  if (!place.list() || place.count == 0) return null;
  return readClauses(place, ClausesReading.of(place, addCondition, reader));
}

function addCondition(place: Place, reading: ClausesReading): void {
  readWhen(place, reading.clause, reading.reader);
}

/** The reading of a list of alternatives or conditions. Where it stands is kept in this record alone. */
@unmanaged
class ClausesReading {
  next: Place | null;
  /** Reads an item, which is an object. The compiler takes no alias of this type, as it names the class. */
  add: (item: Place, reading: ClausesReading) => void;
  reader: RuleReader;
  /** Of alternatives: the field that each has, and what reads it. */
  name: Text;
  read: ReadClause;
  /** The clause of the last alternative, or of the first before it is read; of conditions the one that has them all. */
  clause: Clause;
  /** Whether an alternative was read. */
  isBegun: bool;

  static of(list: Place, add: (item: Place, reading: ClausesReading) => void, reader: RuleReader): ClausesReading {
    const reading = changetype<ClausesReading>(reader.scratch.take(offsetof<ClausesReading>()));
    reading.next = list.first();
    reading.add = add;
    reading.reader = reader;
    return reading;
  }
}

/** Reads the items of a list: of a long one some at a time, as long lists of values are (`read-field.ts`). */
function readClauses(list: Place, reading: ClausesReading): Clauses {
  const clauses = changetype<Clauses>(reading.reader.region.take(offsetof<Clauses>()));
  reading.clause = clauses;
  if (list.size > BYTES_A_STEP) laterInAnyOrder<ClausesReading>(readSome, reading);
  else while (!readSome(reading)) continue;
  return clauses;
}

function readSome(reading: ClausesReading): bool {
  let item = reading.next;
  let bytes: u32 = 0;
  while (item != null && bytes < BYTES_A_STEP) {
    if (isObject(item)) reading.add(item, reading);
    bytes += item.size;
    item = item.next();
  }
  reading.next = item;
  return item == null;
}

/** A list that may be left out, and must not be empty. */
function isFilledList(place: Place): bool {
  if (!place.list()) return false;
  if (place.count > 0) return true;
  place.expected(utf8("a list that is not empty"));
  return false;
}

/** An item of a list: null is none. */
function isObject(item: Place): bool {
  if (!item.present) item.expected(utf8("an object"));
  return item.object();
}
