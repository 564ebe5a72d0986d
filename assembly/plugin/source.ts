import { Place } from "../config/place";
import { nodeMetadata } from "../host/node";
import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { Region } from "../memory/region";
import { Direction, useIdentity } from "../request/principal";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";

/** Who the source of a request is, as far as the configuration and the proxy say it. */
@unmanaged
export class Source {
  direction: Direction;
  /** `trustDomain`: the mesh's own. */
  trustDomain: Text;
  /** This workload's own identity, the source on its outbound listeners; null where the proxy does not know it. */
  ownPrincipal: Text | null;
  /** Whether the proxy is a waypoint, which learns the source from the listener before it. */
  waypoint: bool;

  /** Makes this what the facts of the current request are read by. */
  use(): void {
    useIdentity(this.direction, this.ownPrincipal, this.waypoint);
  }
}

/**
 * Reads `direction` and `trustDomain` (`cluster.local` where it is not given): what says who the source is. The workload's
 * own identity is made of the proxy's node metadata, SERVICE_ACCOUNT and NAMESPACE.
 */
export function readSource(root: Place, region: Region): Source {
  const source = changetype<Source>(region.take(offsetof<Source>()));
  const direction = root.field(utf8("direction")).choice();
  const inbound = direction.or(utf8("INBOUND"), Direction.INBOUND).or(utf8("OUTBOUND"), Direction.OUTBOUND);
  source.direction = <Direction>inbound.value(Direction.UNKNOWN);
  const written = root.field(utf8("trustDomain")).nonEmptyString();
  source.trustDomain = written == null ? utf8("cluster.local") : Text.copy(region, written.start, written.length);
  source.waypoint = isWaypoint();
  const account = nodeMetadata(region, utf8("SERVICE_ACCOUNT"));
  const namespace = nodeMetadata(region, utf8("NAMESPACE"));
  if (account == null || namespace == null) return source;
  const writer = Writer.open();
  writer.text(source.trustDomain);
  writer.text(utf8("/ns/"));
  writer.text(namespace);
  writer.text(utf8("/sa/"));
  writer.text(account);
  source.ownPrincipal = Text.copy(region, writer.start, writer.length);
  writer.close();
  return source;
}

/** istiod names a waypoint's node `waypoint~…` (istio `pilot/pkg/model: NodeType`). */
function isWaypoint(): bool {
  const start = utf8("waypoint~");
  if (readProperty(utf8("xds\0node\0id")) != Status.OK || propertyLength < start.length) return false;
  return start.is(propertyStart, start.length);
}
