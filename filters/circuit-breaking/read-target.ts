import { Place } from "../../assembly/config/place";
import { Text } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Target } from "./plan";
import { Policy } from "./policy";
import { RuleReader } from "./rule-reader";
import { PortPolicy, TrafficPolicy } from "./traffic-policy";

/**
 * The circuits of a rule, or of a subset of it: one for each port that something is said of, and one for all others. `part` is the
 * subset's name, empty for the whole; at `place` stands what they are named after. As istiod merges policies
 * (`pilot/pkg/networking/util: MergeSubsetTrafficPolicy`): whole blocks. What stands for a port inherits nothing, and what a subset does
 * not say the rule says.
 */
export function readTarget(
  place: Place,
  part: Text,
  rule: TrafficPolicy,
  subset: TrafficPolicy | null,
  reader: RuleReader,
): Target {
  const target = changetype<Target>(reader.region.take(offsetof<Target>()));
  const own = subset != null ? subset.whole : null;
  const policy = own == null ? rule.whole : own;
  if (policy != null && reader.counts(place)) target.guard = reader.guard(place, part, policy);
  if (subset != null) addPorts(target, subset.ports, place, part, null, reader);
  addPorts(target, rule.ports, place, part, own, reader);
  return target;
}

/** Adds the ports that nothing was said of before. `instead` stands in place of what is said of each, if it is not null. */
function addPorts(
  target: Target,
  settings: PortPolicy | null,
  place: Place,
  part: Text,
  instead: Policy | null,
  reader: RuleReader,
): void {
  if (settings == null) return;
  let ports = target.ports;
  if (ports == null) {
    ports = TextTable.open(reader.region);
    target.ports = ports;
  }
  let setting: PortPolicy | null = settings;
  while (setting != null) {
    const port = setting.port;
    if (ports.find(port.start, port.length) == null) {
      if (!reader.counts(place)) return;
      const entry = ports.entry(port);
      const policy = instead == null ? setting.policy : instead;
      if (policy != null) {
        entry.value = <u32>changetype<usize>(reader.guard(place, reader.joined(part, port), policy));
      }
    }
    setting = setting.next;
  }
}
