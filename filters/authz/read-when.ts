import { Place } from "../../assembly/config/place";
import { Condition, Test } from "../../assembly/match/condition";
import { Field, lastAdded } from "../../assembly/match/field";
import { Clause } from "../../assembly/match/set-rule";
import { laterInAnyOrder } from "../../assembly/memory/agenda";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { addExpression } from "./expression";
import { openField, readValues } from "./read-field";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";
import { readKey } from "./when-key";

/**
 * Reads one condition of `when` (AuthorizationPolicy `Condition`): `key` with `values` and `notValues`, which both must
 * hold. Beyond Istio, `regex` and `notRegex` are more of them, written as RE2 expressions that the whole value must match,
 * and `expression` is a CEL expression in a condition's place.
 */
export function readWhen(place: Place, clause: Clause, reader: RuleReader): void {
  const expression = place.field(utf8("expression"));
  const key = place.field(utf8("key"));
  const values = place.field(utf8("values"));
  const notValues = place.field(utf8("notValues"));
  const regex = place.field(utf8("regex"));
  const notRegex = place.field(utf8("notRegex"));
  place.noOtherFields();
  if (expression.present) {
    const alone = !key.present && !values.present && !notValues.present && !regex.present && !notRegex.present;
    if (!alone) return expression.error(utf8("must be alone: write key and values as another condition"));
    return addExpression(expression, clause, reader);
  }
  if (!key.required()) return;
  const subject = readKey(key, reader);
  if (subject == null) return;
  const asks = readSide(values, regex, false, subject, clause, reader);
  const asksNot = readSide(notValues, notRegex, true, subject, clause, reader);
  if (!asks && !asksNot) place.expected(utf8("values or notValues"));
}

/** One side of a condition: its values and its expressions, one of which must match, or with `negated` none. */
function readSide(
  values: Place,
  regex: Place,
  negated: bool,
  subject: Subject,
  clause: Clause,
  reader: RuleReader,
): bool {
  const hasValues = values.list() && values.count > 0;
  const hasRegex = regex.list() && regex.count > 0;
  if (!hasValues && !hasRegex) return false;
  const field = openField(negated, subject, reader);
  if (hasValues) readValues(values, field, subject, reader);
  if (!hasRegex) {
    reader.add(field, clause);
    return true;
  }
  readRegexes(regex, field, subject, reader);
  // Expressions may be added to it later: a value that it shared with other fields would lead on to them there too.
  clause.add(field);
  return true;
}

function readRegexes(place: Place, field: Field, subject: Subject, reader: RuleReader): void {
  const fact = textFact(subject.kind);
  if (fact < 0)
    return place.error(
      utf8("not supported: the values of this key are not text, so a regular expression cannot match them"),
    );
  const reading = changetype<RegexesReading>(reader.scratch.take(offsetof<RegexesReading>()));
  reading.next = place.first();
  reading.fact = <Fact>fact;
  reading.field = field;
  reading.subject = subject;
  reading.reader = reader;
  laterInAnyOrder<RegexesReading>(readRegex, reading);
}

/**
 * The reading of a list of expressions, one at a time if the configuration is read in steps, as a long list of values is (`read-field.ts`).
 * Where it stands is kept in this record alone. To compile one of 1 KiB takes as long as to read thousands of values.
 */
@unmanaged
class RegexesReading {
  next: Place | null;
  fact: Fact;
  field: Field;
  /** The expression that was added last; null before the first. */
  last: Condition | null;
  subject: Subject;
  reader: RuleReader;
}

function readRegex(reading: RegexesReading): bool {
  const item = reading.next;
  if (item == null) return true;
  const field = reading.field;
  field.goOn(reading.last);
  const pattern = item.requiredString();
  if (pattern != null) addRegex(item, pattern, reading.fact, field, reading.subject, reading.reader);
  reading.last = lastAdded();
  reading.next = item.next();
  return false;
}

function addRegex(place: Place, pattern: Text, fact: Fact, field: Field, subject: Subject, reader: RuleReader): void {
  const condition: Condition = reader.compiler.condition(fact, subject.name, Test.REGEX, pattern);
  if (reader.compiler.regex(place, condition, pattern)) field.add(condition);
}

/** The fact that a key's expressions are matched against; below 0 where it has none that is text. */
function textFact(kind: Kind): i32 {
  switch (kind) {
    case Kind.PRINCIPAL:
      return Fact.PRINCIPAL;
    case Kind.HEADER:
      return Fact.HEADER;
    case Kind.SNI:
      return Fact.SNI;
    case Kind.CLAIM:
      return Fact.CLAIM;
    case Kind.METADATA:
      return Fact.METADATA_STRING;
  }
  return -1;
}
