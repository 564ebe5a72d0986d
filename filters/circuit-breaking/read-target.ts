import { Place } from "../../assembly/config/place";
import { Text } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Guard } from "./guard";
import { PortGuard, Target } from "./plan";
import { RuleReader } from "./rule-reader";
import { PortPolicy, TrafficPolicy, mergedPolicy } from "./traffic-policy";

/**
 * The circuits of a rule, or of a subset of it: one for each port that something is said of, and one for all others. `part` is the
 * subset's name, empty for the whole; at `place` stands what they are named after.
 */
export function readTarget(
  place: Place,
  part: Text,
  rule: TrafficPolicy,
  subset: TrafficPolicy | null,
  reader: RuleReader,
): Target {
  const target = changetype<Target>(reader.region.take(offsetof<Target>()));
  target.guard = guardFor(place, part, rule, subset, 0, reader);
  if (subset != null) addPorts(target, subset.ports, place, part, rule, subset, reader);
  addPorts(target, rule.ports, place, part, rule, subset, reader);
  return target;
}

function addPorts(
  target: Target,
  settings: PortPolicy | null,
  place: Place,
  part: Text,
  rule: TrafficPolicy,
  subset: TrafficPolicy | null,
  reader: RuleReader,
): void {
  let setting = settings;
  while (setting != null) {
    const port = Writer.decimal(reader.region, setting.port);
    if (!target.has(port)) {
      const own = changetype<PortGuard>(reader.region.take(offsetof<PortGuard>()));
      own.port = port;
      own.guard = guardFor(place, reader.joined(part, port), rule, subset, setting.port, reader);
      own.next = target.ports;
      target.ports = own;
    }
    setting = setting.next;
  }
}

function guardFor(
  place: Place,
  part: Text,
  rule: TrafficPolicy,
  subset: TrafficPolicy | null,
  port: u32,
  reader: RuleReader,
): Guard | null {
  const policy = mergedPolicy(rule, subset, port);
  return policy == null ? null : reader.guard(place, part, policy);
}
