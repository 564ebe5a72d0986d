import { laterObjects } from "../../assembly/config/later-objects";
import { Place } from "../../assembly/config/place";
import { DestinationParts, Steering, steeringValue } from "../../assembly/match/steering";
import { Region } from "../../assembly/memory/region";
import { isFieldValue } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Destination, Plan, Target } from "./plan";
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
  const reader = reading.reader;
  const name = place.field(utf8("name"));
  const written = name.required() ? name.nonEmptyString() : null;
  const policy = place.field(utf8("trafficPolicy"));
  const own = TrafficPolicy.read(policy, reader.region);
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
    return;
  }
  if (written == null) return;
  const part = Text.copy(reader.region, written.start, written.length);
  const target = readTarget(name, part, reading.rule, own, reader);
  const value = valueOf(part, steering, reading.namespace, reader);
  // No header has control bytes, one of which stands for the port.
  if (value == null || !isFieldValue(part.start, part.length)) return;
  addTarget(reading.destination, value, target, reader.plan, reader.region);
}

/** What the steering header says of a subset, with `PORT` where a port stands; null if it cannot be said. */
function valueOf(name: Text, steering: Steering, namespace: Text | null, reader: RuleReader): Text | null {
  const parts = changetype<DestinationParts>(reader.scratch.take(offsetof<DestinationParts>()));
  parts.subset = name;
  parts.host = steering.namesCluster ? fullHost(namespace, reader) : reader.host;
  const port = utf8("\0");
  parts.port = port;
  return steeringValue(reader.region, steering.template, parts);
}

/** Of two subsets of which the header says the same, the later one counts. */
function addTarget(destination: Destination, value: Text, target: Target, plan: Plan, region: Region): void {
  let subsets = destination.subsets;
  if (subsets == null) {
    subsets = TextTable.open(region);
    destination.subsets = subsets;
  }
  let key = value;
  if (plan.hasPort) {
    const at = value.position(PORT);
    const before = Text.copy(region, value.start, at);
    const after = Text.copy(region, value.start + at + 1, value.length - at - 1);
    key = plan.portLast ? before : after;
    destination.beside = plan.portLast ? after : before;
  }
  subsets.entry(key).value = <u32>changetype<usize>(target);
}

/** istiod's clusters are named by full names: one without a dot is a service of the rule's namespace. */
function fullHost(namespace: Text | null, reader: RuleReader): Text {
  if (reader.host.contains(0x2e)) return reader.host;
  const ofHost = namespace == null ? utf8("default") : namespace;
  return reader.joined(reader.joined(reader.host, ofHost), utf8("svc.cluster.local"));
}
