import { Choice } from "../config/choice";
import { Place } from "../config/place";
import { nodeId, nodeMetadata, nodeWasRefused } from "../host/node";
import { Region } from "../memory/region";
import { useIdentity } from "../request/principal";
import { Direction } from "../request/traffic-direction";
import { MAX_TRUST_DOMAIN_LENGTH } from "../text/spiffe-id";
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
  /** Whether the proxy is a gateway, whose requests come from outside as they go on. */
  gateway: bool;
  /** Whether the proxy is a waypoint, which learns the source from the listener before it. */
  waypoint: bool;
  /** Whether the host does not tell what kind of proxy it is: then who the source is cannot be known. */
  refused: bool;

  /**
   * Reads `direction` and `trustDomain` (`cluster.local` where it is not given): what says who the source is. The workload's
   * own identity is made of the proxy's node metadata, SERVICE_ACCOUNT and NAMESPACE. A gateway's requests are inbound, though
   * istiod makes its listeners OUTBOUND (istio `pilot/pkg/networking/core: buildGatewayListener`).
   */
  static read(root: Place, region: Region): Source {
    const source = changetype<Source>(region.take(offsetof<Source>()));
    const id = nodeId(root.report.region);
    source.refused = nodeWasRefused;
    source.gateway = isOfKind(id, utf8("router~"));
    const usual = source.gateway ? Direction.INBOUND : Direction.UNKNOWN;
    const direction = Choice.at(root.field(utf8("direction")));
    const inbound = direction.or(utf8("INBOUND"), Direction.INBOUND).or(utf8("OUTBOUND"), Direction.OUTBOUND);
    source.direction = <Direction>inbound.value(usual);
    const domain = root.field(utf8("trustDomain"));
    let written = domain.nonEmptyString();
    if (written != null && written.length > MAX_TRUST_DOMAIN_LENGTH) {
      domain.expected(utf8("a trust domain of at most 255 bytes"));
      written = null;
    }
    source.trustDomain = written == null ? utf8("cluster.local") : Text.copy(region, written.start, written.length);
    source.waypoint = isOfKind(id, utf8("waypoint~"));
    const account = nodeMetadata(region, utf8("SERVICE_ACCOUNT"));
    const namespace = nodeMetadata(region, utf8("NAMESPACE"));
    if (account == null || namespace == null) return source;
    const writer = Writer.open();
    writer.text(source.trustDomain);
    writer.text(utf8("/ns/"));
    writer.text(namespace);
    writer.text(utf8("/sa/"));
    writer.text(account);
    source.ownPrincipal = writer.finish(region);
    return source;
  }

  /** Makes this what the facts of the current request are read by. */
  use(): void {
    useIdentity(this.direction, this.ownPrincipal, this.waypoint);
  }
}

/** istiod's nodes are named `sidecar~…`, `router~…` or `waypoint~…`, by their kind (istio `pilot/pkg/model: NodeType`). */
function isOfKind(id: Text | null, kind: Text): bool {
  return id != null && id.startsWith(kind);
}
