import { laterObjects } from "../../assembly/config/later-objects";
import { Place } from "../../assembly/config/place";
import { DestinationParts, Steering, steeringValue } from "../../assembly/match/steering";
import { Text, utf8 } from "../../assembly/text/text";
import { Destination, Subset } from "./plan";
import { readTarget } from "./read-target";
import { RuleReader } from "./rule-reader";
import { TrafficPolicy } from "./traffic-policy";

/** Stands for the port in what the steering header says: no value that a header can have. */
const PORT: u8 = 0;

/**
 * Reads `subsets` into a destination, each in a step of its own (`memory/agenda.ts`). Each has a circuit of its own if `steering` says how
 * a request's subset is known; else none may say anything of circuits.
 */
export function readSubsets(
  place: Place,
  rule: TrafficPolicy,
  namespace: Text | null,
  destination: Destination,
  reader: RuleReader,
): void {
  if (!place.list()) return;
  const reading = changetype<SubsetsReading>(reader.scratch.take(offsetof<SubsetsReading>()));
  reading.rule = rule;
  reading.namespace = namespace;
  reading.destination = destination;
  reading.reader = reader;
  laterObjects<SubsetsReading>(place, addSubset, reading);
}

/** What the subsets are read with. */
@unmanaged
class SubsetsReading {
  rule: TrafficPolicy;
  namespace: Text | null;
  destination: Destination;
  reader: RuleReader;
}

function addSubset(place: Place, reading: SubsetsReading): void {
  const subset = readSubset(place, reading.rule, reading.namespace, reading.reader);
  if (subset == null) return;
  const destination = reading.destination;
  subset.next = destination.subsets;
  destination.subsets = subset;
}

function readSubset(place: Place, rule: TrafficPolicy, namespace: Text | null, reader: RuleReader): Subset | null {
  const region = reader.region;
  const name = place.field(utf8("name"));
  const written = name.required() ? name.nonEmptyString() : null;
  const policy = place.field(utf8("trafficPolicy"));
  const own = TrafficPolicy.read(policy, region);
  place.field(utf8("labels"));
  place.noOtherFields();
  const steering = reader.steering;
  if (steering == null) {
    if (policy.present) {
      policy.error(
        utf8(
          "a subset's circuit needs steering, which says how a request's subset is known: {header: x-subset, value: \"{subset}\"}",
        ),
      );
    }
    return null;
  }
  if (written == null) return null;
  const subset = changetype<Subset>(region.take(offsetof<Subset>()));
  const part = Text.copy(region, written.start, written.length);
  setValue(subset, steering, part, namespace, reader);
  subset.target = readTarget(name, part, rule, own, reader);
  return subset;
}

/** What the steering header says of a subset. */
function setValue(subset: Subset, steering: Steering, name: Text, namespace: Text | null, reader: RuleReader): void {
  const region = reader.region;
  const parts = changetype<DestinationParts>(reader.scratch.take(offsetof<DestinationParts>()));
  parts.subset = name;
  parts.host = steering.namesCluster ? fullHost(namespace, reader) : reader.host;
  const port = utf8("\0");
  parts.port = port;
  const value = steeringValue(region, steering.template, parts);
  if (value == null) return;
  const at = value.position(PORT);
  subset.hasPort = at < value.length;
  subset.before = Text.copy(region, value.start, at);
  subset.after = subset.hasPort ? Text.copy(region, value.start + at + 1, value.length - at - 1) : utf8("");
}

/** istiod's clusters are named by full names: one without a dot is a service of the rule's namespace. */
function fullHost(namespace: Text | null, reader: RuleReader): Text {
  if (reader.host.contains(0x2e)) return reader.host;
  const ofHost = namespace == null ? utf8("default") : namespace;
  return reader.joined(reader.joined(reader.host, ofHost), utf8("svc.cluster.local"));
}
