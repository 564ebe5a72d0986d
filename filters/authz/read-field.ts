import { Place } from "../../assembly/config/place";
import { Field } from "../../assembly/match/field";
import { Clause } from "../../assembly/match/set-rule";
import { Text, utf8 } from "../../assembly/text/text";
import { readValue } from "./read-value";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";

/**
 * Reads a list of values as a field of `clause`: one of them must match, or with `negated` none. A list that is missing or
 * empty asks for nothing, as in Istio. Gives whether there are values.
 */
function readField(place: Place, clause: Clause, negated: bool, subject: Subject, reader: RuleReader): bool {
  if (!place.list() || place.count == 0) return false;
  const field = openField(negated, subject, reader);
  readValues(place, field, subject, reader);
  reader.add(field, clause);
  return true;
}

/** A rule's field without values yet; notes what it makes the rule ask for. */
export function openField(negated: bool, subject: Subject, reader: RuleReader): Field {
  if (subject.isIdentity) reader.asksIdentity = true;
  if (subject.isHeader) reader.asksHeaders = true;
  return Field.open(reader.region, negated);
}

/** Reads a field and its `not…` twin. Gives whether either has values. */
export function readTwins(place: Place, name: Text, not: Text, kind: Kind, clause: Clause, reader: RuleReader): bool {
  const subject = Subject.of(reader.scratch, kind, utf8(""));
  const asks = readField(place.field(name), clause, false, subject, reader);
  const asksNot = readField(place.field(not), clause, true, subject, reader);
  return asks || asksNot;
}

/** Reads the values of a list into a field. */
export function readValues(place: Place, field: Field, subject: Subject, reader: RuleReader): void {
  let item = place.first();
  while (item != null) {
    readValue(item, field, subject, reader);
    item = item.next();
  }
}
