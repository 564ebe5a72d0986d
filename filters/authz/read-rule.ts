import { Place } from "../../assembly/config/place";
import { Clause, Clauses, SetRule } from "../../assembly/match/set-rule";
import { laterInAnyOrder } from "../../assembly/memory/agenda";
import { Text, utf8 } from "../../assembly/text/text";
import { PolicyRule } from "./policy";
import { readOperation } from "./read-operation";
import { readSource } from "./read-source";
import { readWhen } from "./read-when";
import { RuleReader } from "./rule-reader";

/** So many of the alternatives or conditions of a long list are read in one step. */
const ALTERNATIVES_A_STEP: u32 = 8;

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

/**
 * Reads a list of alternatives, each an object with the one field of that name. Those of a long list are read some at a time, as long lists
 * of values are (`read-field.ts`).
 */
function readAlternatives(place: Place, name: Text, read: ReadClause, reader: RuleReader): Clauses | null {
  if (!isFilledList(place)) return null;
  const clauses = openClauses(reader);
  const reading = AlternativesReading.begin(place, reader);
  reading.name = name;
  reading.read = read;
  reading.clause = clauses;
  if (reader.readsLater(place)) laterInAnyOrder<AlternativesReading>(readSomeAlternatives, reading);
  else while (!readSomeAlternatives(reading)) continue;
  return clauses;
}

/** The reading of a list of alternatives. Where it stands is kept in this record alone. */
@unmanaged
class AlternativesReading {
  next: Place | null;
  reader: RuleReader;
  name: Text;
  read: ReadClause;
  /** The clause of the last alternative; of the first before it is read. */
  clause: Clause;
  /** Whether an alternative was read. */
  isBegun: bool;

  static begin(list: Place, reader: RuleReader): AlternativesReading {
    const reading = changetype<AlternativesReading>(reader.scratch.take(offsetof<AlternativesReading>()));
    reading.next = list.first();
    reading.reader = reader;
    return reading;
  }
}

function readSomeAlternatives(reading: AlternativesReading): bool {
  const reader = reading.reader;
  let item = reading.next;
  for (let i: u32 = 0; i < ALTERNATIVES_A_STEP && item != null; i++) {
    if (isObject(item)) {
      const held = item.field(reading.name);
      item.noOtherFields();
      if (reading.isBegun) {
        const clause = openClause(reader);
        reading.clause.or = clause;
        reading.clause = clause;
      }
      reading.isBegun = true;
      const read = reading.read;
      if (held.required()) read(held, reading.clause, reader);
    }
    item = item.next();
  }
  reading.next = item;
  return item == null;
}

/** Reads a list of conditions, in the same way. */
function readConditions(place: Place, reader: RuleReader): Clauses | null {
  if (!place.list() || place.count == 0) return null;
  const clauses = openClauses(reader);
  const reading = AlternativesReading.begin(place, reader);
  reading.clause = clauses;
  if (reader.readsLater(place)) laterInAnyOrder<AlternativesReading>(readSomeConditions, reading);
  else while (!readSomeConditions(reading)) continue;
  return clauses;
}

function readSomeConditions(reading: AlternativesReading): bool {
  let item = reading.next;
  for (let i: u32 = 0; i < ALTERNATIVES_A_STEP && item != null; i++) {
    if (isObject(item)) readWhen(item, reading.clause, reading.reader);
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

function openClauses(reader: RuleReader): Clauses {
  return changetype<Clauses>(reader.region.take(offsetof<Clauses>()));
}

function openClause(reader: RuleReader): Clause {
  return changetype<Clause>(reader.region.take(offsetof<Clause>()));
}
