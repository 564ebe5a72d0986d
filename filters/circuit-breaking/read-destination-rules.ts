import { ofUsualLength } from "../../assembly/config/name";
import { Place } from "../../assembly/config/place";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { selectsWorkload } from "../../assembly/match/workload-selector";
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
 * their `trafficPolicy` and `subsets` say of `outlierDetection`; beside Istio's fields `circuits`, `state` and `rejection`.
 */
export function readDestinationRules(place: Place, reader: RuleReader): void {
  if (!place.required() || !place.list()) return;
  const rejection = reader.rejection;
  let item = place.first();
  while (item != null) {
    if (item.required() && item.object()) {
      reader.rejection = RejectionSettings.read(item.field(utf8("rejection")), rejection, reader.region);
      readRule(item, reader);
    }
    item = item.next();
  }
  reader.rejection = rejection;
}

function readRule(place: Place, reader: RuleReader): void {
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
  destination.subsets = readSubsets(place.field(utf8("subsets")), policy, namespace, reader);
  destination.circuits = readCircuits(place.field(utf8("circuits")), policy, reader);
  // Who sees the resource, and which pods a subset has, is decided where it is applied.
  place.field(utf8("exportTo"));
  const selected = selectsWorkload(place.field(utf8("workloadSelector")));
  place.noOtherFields();
  if (!selected || !host.present) return;
  const ofHost = namespace == null ? utf8("default") : namespace;
  reader.plan.hosts.addHostAt(host, ofHost, changetype<usize>(destination));
}
