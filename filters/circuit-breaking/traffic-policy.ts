import { Place } from "../../assembly/config/place";
import { openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Policy } from "./policy";
import { readPolicy } from "./read-policy";

/** What stands for a port. */
@unmanaged
export class PortPolicy {
  port: u32;
  /** Null if it has no `outlierDetection`: then there is no circuit for the port. */
  policy: Policy | null;
  next: PortPolicy | null;
}

/** What a `trafficPolicy` says of `outlierDetection`. */
@unmanaged
export class TrafficPolicy {
  whole: Policy | null;
  ports: PortPolicy | null;

  /** Reads one; its other blocks are refused by name. */
  static read(place: Place, region: Region): TrafficPolicy {
    const policy = changetype<TrafficPolicy>(place.report.region.take(offsetof<TrafficPolicy>()));
    if (!place.object()) return policy;
    policy.whole = readPolicy(place.field(utf8("outlierDetection")), region);
    policy.readPorts(place.field(utf8("portLevelSettings")), region);
    refuseOtherBlocks(place);
    place.refuse(utf8("tunnel"), native());
    place.refuse(utf8("proxyProtocol"), native());
    place.refuse(utf8("retryBudget"), native());
    place.noOtherFields();
    return policy;
  }

  /** What stands for a port; null if nothing does. */
  setting(port: u32): PortPolicy | null {
    if (port == 0) return null;
    let setting = this.ports;
    while (setting != null && setting.port != port) setting = setting.next;
    return setting;
  }

  private readPorts(place: Place, region: Region): void {
    if (!place.list()) return;
    const settings = openChain<PortPolicy>(place.report.region);
    let item = place.firstOfFew();
    while (item != null) {
      if (item.required() && item.object()) {
        const setting = changetype<PortPolicy>(place.report.region.take(offsetof<PortPolicy>()));
        setting.port = readPort(item.field(utf8("port")));
        setting.policy = readPolicy(item.field(utf8("outlierDetection")), region);
        refuseOtherBlocks(item);
        item.noOtherFields();
        settings.add(setting);
      }
      item = item.next();
    }
    this.ports = settings.first;
  }
}

/**
 * The policy of a subset, or of the whole rule if `subset` is null, for a port, 0 for one that nothing is said of. As istiod merges
 * them (`pilot/pkg/networking/util: MergeSubsetTrafficPolicy`): whole blocks. What stands for a port inherits nothing, and what a
 * subset does not say the rule says.
 */
export function mergedPolicy(rule: TrafficPolicy, subset: TrafficPolicy | null, port: u32): Policy | null {
  if (subset != null) {
    const own = subset.setting(port);
    if (own != null) return own.policy;
    if (subset.whole != null) return subset.whole;
  }
  const setting = rule.setting(port);
  return setting == null ? rule.whole : setting.policy;
}

function readPort(place: Place): u32 {
  if (!place.required() || !place.object()) return 0;
  const number = place.field(utf8("number"));
  const port = number.required() ? <u32>number.integer(1, 65535, 0) : 0;
  place.noOtherFields();
  return port;
}

function refuseOtherBlocks(place: Place): void {
  place.refuse(utf8("connectionPool"), native());
  place.refuse(utf8("loadBalancer"), native());
  place.refuse(utf8("tls"), native());
}

function native(): Text {
  return utf8("this filter only breaks circuits: leave it to a native DestinationRule");
}
