import { laterObjects } from "../../assembly/config/later-objects";
import { ofUsualLength } from "../../assembly/config/name";
import { Place } from "../../assembly/config/place";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { selectsWorkload } from "../../assembly/match/workload-selector";
import { later } from "../../assembly/memory/agenda";
import { Text, utf8 } from "../../assembly/text/text";
import { Mode } from "./breaker";
import { Destination } from "./plan";
import { readCircuits } from "./read-circuits";
import { RejectionSettings } from "./read-rejection";
import { readMode } from "./read-mode";
import { readSubsets } from "./read-subsets";
import { readTarget } from "./read-target";
import { RuleReader } from "./rule-reader";
import { TrafficPolicy } from "./traffic-policy";

/**
 * Reads a list of Istio's DestinationRules, which must be there: `name`, `namespace` (`default` where it is not given), `host`, and what
 * their `trafficPolicy` and `subsets` say of `outlierDetection`; beside Istio's fields `circuits`, `state` and `rejection`. It is read
 * later (`memory/agenda.ts`): in each step a rule, a subset or a circuit.
 */
export function readDestinationRules(place: Place, reader: RuleReader): void {
  if (!place.required() || !place.list()) return;
  const reading = changetype<RulesReading>(reader.scratch.take(offsetof<RulesReading>()));
  reading.reader = reader;
  reading.rejection = reader.rejection;
  laterObjects<RulesReading>(place, readRule, reading);
}

/** What the rules are read with. */
@unmanaged
class RulesReading {
  reader: RuleReader;
  /** What the configuration says for all rules. */
  rejection: RejectionSettings;
}

function readRule(place: Place, reading: RulesReading): void {
  const reader = reading.reader;
  reader.rejection = RejectionSettings.read(place.field(utf8("rejection")), reading.rejection, reader.region);
  beginRule(place, reader);
}

/** The rule that is being read. */
@unmanaged
class RuleReading {
  place: Place;
  reader: RuleReader;
  /** Null if it is not there. */
  namespace: Text | null;
  host: Place;
  policy: TrafficPolicy;
  destination: Destination;
}

function beginRule(place: Place, reader: RuleReader): void {
  const region = reader.region;
  const namespaceField = place.field(utf8("namespace"));
  const namespace = ofUsualLength(namespaceField, namespaceField.nonEmptyString());
  const host = place.field(utf8("host"));
  if (host.required()) VirtualHosts.checkHost(host);
  const written = host.present ? host.string() : null;
  reader.host = written == null ? utf8("") : Text.copy(region, written.start, written.length);
  const name = place.field(utf8("name"));
  const given = ofUsualLength(name, name.nonEmptyString());
  reader.name = given == null ? reader.host : Text.copy(region, given.start, given.length);
  reader.mode = readMode(place.field(utf8("state")), Mode.ENABLED);
  const destination = changetype<Destination>(region.take(offsetof<Destination>()));
  const policy = TrafficPolicy.read(place.field(utf8("trafficPolicy")), region);
  destination.whole = readTarget(name.present ? name : host, utf8(""), policy, null, reader);
  const rule = changetype<RuleReading>(reader.scratch.take(offsetof<RuleReading>()));
  rule.place = place;
  rule.reader = reader;
  rule.namespace = namespace;
  rule.host = host;
  rule.policy = policy;
  rule.destination = destination;
  later<RuleReading>(beginSubsets, rule);
  later<RuleReading>(beginCircuits, rule);
  later<RuleReading>(endRule, rule);
}

function beginSubsets(rule: RuleReading): bool {
  readSubsets(rule.place.field(utf8("subsets")), rule.policy, rule.namespace, rule.destination, rule.reader);
  return true;
}

function beginCircuits(rule: RuleReading): bool {
  readCircuits(rule.place.field(utf8("circuits")), rule.policy, rule.destination, rule.reader);
  return true;
}

function endRule(rule: RuleReading): bool {
  const place = rule.place;
  const host = rule.host;
  const namespace = rule.namespace;
  // Who sees the resource, and which pods a subset has, is decided where it is applied.
  place.field(utf8("exportTo"));
  const selected = selectsWorkload(place.field(utf8("workloadSelector")));
  place.noOtherFields();
  if (!selected || !host.present) return true;
  const ofHost = namespace == null ? utf8("default") : namespace;
  rule.reader.plan.hosts.addHostAt(host, ofHost, changetype<usize>(rule.destination));
  return true;
}
