import { Place } from "../../assembly/config/place";
import { Condition } from "../../assembly/match/condition";
import { Field, lastAdded } from "../../assembly/match/field";
import { Clause } from "../../assembly/match/set-rule";
import { BYTES_AN_ITEM, ITEMS_A_STEP, laterInAnyOrder } from "../../assembly/memory/agenda";
import { Text, utf8 } from "../../assembly/text/text";
import { readValue } from "./read-value";
import { RuleReader } from "./rule-reader";
import { Kind, Subject } from "./subject";

/** So many values of who the peer is are read in one step. */
const IDENTITIES_A_STEP: u32 = 8;

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
  const values = place.field(name);
  const notValues = place.field(not);
  if (values.node == null && notValues.node == null) return false;
  const subject = Subject.of(reader.scratch, kind, utf8(""));
  const asks = readField(values, clause, false, subject, reader);
  const asksNot = readField(notValues, clause, true, subject, reader);
  return asks || asksNot;
}

/**
 * Reads the values of a list into a field: of a long one later some at a time, if the configuration is read in steps. Then they are there
 * when all is done that the running step has left for later, and it must not matter before.
 */
export function readValues(place: Place, field: Field, subject: Subject, reader: RuleReader): void {
  const first = place.first();
  // What one of these is written out to may be many conditions, or an expression.
  const most = subject.isIdentity ? IDENTITIES_A_STEP : ITEMS_A_STEP;
  // So few are read by one call: all together they count for no more.
  if (place.count + place.size / BYTES_AN_ITEM <= most) {
    readSome(first, most, field, subject, reader);
    return;
  }
  const reading = changetype<ValuesReading>(reader.scratch.take(offsetof<ValuesReading>()));
  reading.next = first;
  reading.most = most;
  reading.field = field;
  reading.subject = subject;
  reading.reader = reader;
  laterInAnyOrder<ValuesReading>(readMore, reading);
}

/** The reading of a long list of values. Where it stands is kept in this record alone. */
@unmanaged
class ValuesReading {
  next: Place | null;
  /** How many are read in one step. */
  most: u32;
  field: Field;
  /** The value that was added last; null before the first. */
  last: Condition | null;
  subject: Subject;
  reader: RuleReader;
}

function readMore(reading: ValuesReading): bool {
  const field = reading.field;
  field.goOn(reading.last);
  reading.next = readSome(reading.next, reading.most, field, reading.subject, reading.reader);
  reading.last = lastAdded();
  return reading.next == null;
}

/** Reads at most so many values, fewer if they are long, from `first` on; gives the place of the next. */
function readSome(first: Place | null, most: u32, field: Field, subject: Subject, reader: RuleReader): Place | null {
  let item = first;
  let left = <i32>most;
  while (item != null && left > 0) {
    left -= <i32>(1 + item.size / BYTES_AN_ITEM);
    readValue(item, field, subject, reader);
    item = item.next();
  }
  return item;
}
