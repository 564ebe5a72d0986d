import { Place } from "../../assembly/config/place";
import { Clause, Clauses, SetRule } from "../../assembly/match/set-rule";
import { Text, utf8 } from "../../assembly/text/text";
import { PolicyRule } from "./policy";
import { readOperation } from "./read-operation";
import { readSource } from "./read-source";
import { readWhen } from "./read-when";
import { RuleReader } from "./rule-reader";

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
  const clauses = openClauses(reader);
  let last: Clause | null = null;
  let item = place.first();
  while (item != null) {
    if (isObject(item)) {
      const held = item.field(name);
      item.noOtherFields();
      const clause = last == null ? clauses : openClause(reader);
      if (last != null) last.or = clause;
      last = clause;
      if (held.required()) read(held, clause, reader);
    }
    item = item.next();
  }
  return clauses;
}

function readConditions(place: Place, reader: RuleReader): Clauses | null {
  if (!place.list() || place.count == 0) return null;
  const clauses = openClauses(reader);
  let item = place.first();
  while (item != null) {
    if (isObject(item)) readWhen(item, clauses, reader);
    item = item.next();
  }
  return clauses;
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
