import { laterObjects } from "../../assembly/config/later-objects";
import { Place, endFields } from "../../assembly/config/place";
import { NO_KEY, readRequestKey } from "../../assembly/match/request-key";
import { RuleList } from "../../assembly/match/rule-list";
import { later } from "../../assembly/memory/agenda";
import { Text, utf8 } from "../../assembly/text/text";
import { Mode } from "./breaker";
import { Guard } from "./guard";
import { Keys } from "./keys";
import { Destination } from "./plan";
import { readPolicy } from "./read-policy";
import { readMode } from "./read-mode";
import { RejectionSettings } from "./read-rejection";
import { RuleReader } from "./rule-reader";
import { TrafficPolicy } from "./traffic-policy";

/** Each key may have a place of its own: some bytes of shared data, and four metrics. */
const MAX_KEYS: i64 = 10_000;

/**
 * Reads `circuits` into a destination, each in a step of its own (`memory/agenda.ts`): those of requests that match, the first that does;
 * without `match` of all. What `outlierDetection` does not say the rule's own says.
 */
export function readCircuits(place: Place, rule: TrafficPolicy, destination: Destination, reader: RuleReader): void {
  if (!place.list() || place.count == 0) return;
  const reading = changetype<CircuitsReading>(reader.scratch.take(offsetof<CircuitsReading>()));
  reading.rule = rule;
  reading.rejection = reader.rejection;
  reading.mode = reader.mode;
  reading.destination = destination;
  reading.reader = reader;
  reading.rules = RuleList.open(reader.compiler);
  laterObjects<CircuitsReading>(place, addCircuit, reading);
  later<CircuitsReading>(indexCircuits, reading);
}

/** What the circuits are read with, and those that were read. */
@unmanaged
class CircuitsReading {
  /** What the DestinationRule says for all its circuits. */
  rule: TrafficPolicy;
  rejection: RejectionSettings;
  mode: Mode;
  destination: Destination;
  reader: RuleReader;
  rules: RuleList;
}

function addCircuit(place: Place, reading: CircuitsReading): void {
  const reader = reading.reader;
  reader.rejection = RejectionSettings.read(place.field(utf8("rejection")), reading.rejection, reader.region);
  reader.mode = readMode(place.field(utf8("state")), reading.mode);
  readCircuit(place, reading.rule, reading.rules, reader);
}

function indexCircuits(reading: CircuitsReading): bool {
  reading.destination.circuits = reading.rules.indexLater(reading.reader.scratch);
  return true;
}

function readCircuit(place: Place, rule: TrafficPolicy, rules: RuleList, reader: RuleReader): void {
  const region = reader.region;
  const name = place.field(utf8("name"));
  const written = name.required() ? name.nonEmptyString() : null;
  const detection = place.field(utf8("outlierDetection"));
  const own = readPolicy(detection, region);
  const policy = own == null ? rule.whole : own;
  if (policy == null && !detection.present) {
    detection.error(utf8("required, as the rule's trafficPolicy has none"));
  }
  const forms = utf8('{header: name}, {cookie: name}, {claim: name} or "principal"');
  const key = readRequestKey(place.field(utf8("keyedBy")), reader.compiler, true, null, forms);
  const most = place.field(utf8("maxKeys"));
  const places = <u32>most.integer(1, MAX_KEYS, 1000);
  if (most.present && !place.field(utf8("keyedBy")).present) most.error(utf8("it needs keyedBy"));
  const match = place.field(utf8("match"));
  if (key != NO_KEY) reader.countKeys(most, places);
  if (written == null || policy == null || !reader.counts(name)) {
    // What is wrong with the matches is reported all the same.
    rules.addMatches(match, 0);
  } else {
    const guard = reader.guard(name, Text.copy(region, written.start, written.length), policy);
    if (key != NO_KEY) guard.keys = keysOf(guard, key, places, reader);
    if (match.list() && match.count > 0) rules.addMatches(match, changetype<usize>(guard));
    else rules.add(null, changetype<usize>(guard));
  }
  later<Place>(endFields, place);
}

function keysOf(guard: Guard, key: u32, places: u32, reader: RuleReader): Keys {
  const keys = changetype<Keys>(reader.region.take(offsetof<Keys>()));
  keys.breaker = guard.breaker;
  keys.slot = key;
  keys.places = places;
  return keys;
}
