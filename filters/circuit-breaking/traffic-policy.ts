import { Place } from "../../assembly/config/place";
import { openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Writer } from "../../assembly/text/writer";
import { Policy } from "./policy";
import { readPolicy } from "./read-policy";

/** What stands for a port. */
@unmanaged
export class PortPolicy {
  /** In decimal. */
  port: Text;
  /** Null if it has no `outlierDetection`: then there is no circuit for the port. */
  policy: Policy | null;
  next: PortPolicy | null;
}

/** What a `trafficPolicy` says of `outlierDetection`. */
@unmanaged
export class TrafficPolicy {
  whole: Policy | null;
  /** The first of each port counts, as in istiod. */
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

  private readPorts(place: Place, region: Region): void {
    if (!place.list()) return;
    const settings = openChain<PortPolicy>(place.report.region);
    const known = TextTable.open(place.report.region);
    let item = place.firstOfFew();
    while (item != null) {
      if (item.required() && item.object()) {
        const setting = changetype<PortPolicy>(place.report.region.take(offsetof<PortPolicy>()));
        setting.port = Writer.decimal(region, readPort(item.field(utf8("port"))));
        setting.policy = readPolicy(item.field(utf8("outlierDetection")), region);
        refuseOtherBlocks(item);
        item.noOtherFields();
        if (known.entry(setting.port).value++ == 0) settings.add(setting);
      }
      item = item.next();
    }
    this.ports = settings.first;
  }
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
