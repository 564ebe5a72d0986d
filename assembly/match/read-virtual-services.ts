import { ofUsualLength } from "../config/name";
import { Place } from "../config/place";
import { nodeId } from "../host/node";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { catchAll, readHttpMatch } from "./http-match-request";
import { OrderedIndex } from "./ordered-index";
import { RuleList } from "./rule-list";
import { VirtualHosts } from "./virtual-hosts";
import { HttpRoute, VirtualService } from "./virtual-service";

/** Reads what an entry of `http` has beside `name` and `match`, and ends with `place.noOtherFields()`. */
type ReadRoute = (place: Place, route: HttpRoute, reader: VirtualServiceReader) => void;

/** What a filter's VirtualServices are read with. A filter's own reader extends it with what its routes need. */
@unmanaged
export class VirtualServiceReader {
  compiler: MatchCompiler;
  /** Lead to the `VirtualService`s. */
  hosts: VirtualHosts;
  /** The size of the filter's record of a route, which extends `HttpRoute`. */
  routeSize: u32;
  readRoute: ReadRoute;
  /** Whether some match asks for more of the path than that it begins with `/`. */
  asksPath: bool;
}

/** The rules of one VirtualService while they are read. */
@unmanaged
class Rules {
  list: RuleList;
  /** A rule that every request meets is in the list: what comes behind it is never reached. */
  closed: bool;
}

/**
 * Reads a list of Istio's VirtualServices, which must be there: `name`, `namespace` (`default` where not given), `hosts`,
 * and `http`, the fields of whose entries but `name` and `match` the filter reads itself. Fields that say where a resource
 * applies are refused by name.
 */
export function readVirtualServices(place: Place, reader: VirtualServiceReader): void {
  if (!place.required() || !place.list()) return;
  let item = place.first();
  while (item != null) {
    if (item.required() && item.object()) readVirtualService(item, reader);
    item = item.next();
  }
}

function readVirtualService(place: Place, reader: VirtualServiceReader): void {
  const region = reader.compiler.region;
  const service = changetype<VirtualService>(region.take(offsetof<VirtualService>()));
  const name = place.field(utf8("name"));
  service.name = copyOf(ofUsualLength(name, name.string()), region);
  const namespaceField = place.field(utf8("namespace"));
  const namespace = ofUsualLength(namespaceField, namespaceField.nonEmptyString());
  const hosts = place.field(utf8("hosts"));
  VirtualHosts.checkHosts(hosts);
  service.routes = readRoutes(place.field(utf8("http")), service, reader);
  const elsewhere = isForMesh(place.field(utf8("gateways"))) && isGateway(region);
  // istiod makes no virtual host where no route is left for the proxy.
  if (!elsewhere && !service.routes.isEmpty) {
    reader.hosts.addHosts(hosts, namespace == null ? utf8("default") : namespace, changetype<usize>(service));
  }
  place.refuse(utf8("tls"), utf8("the filter handles HTTP only"));
  place.refuse(utf8("tcp"), utf8("the filter handles HTTP only"));
  place.refuse(utf8("exportTo"), utf8("the WasmPlugin's namespace and selector decide which proxies it applies to"));
  place.noOtherFields();
}

/**
 * Whether `gateways` is there and says `mesh`, Istio's name for all sidecars. Any other gateway is refused: what a proxy is
 * told of itself does not say for which Gateways it listens.
 */
function isForMesh(place: Place): bool {
  if (!place.list()) return false;
  let item = place.first();
  while (item != null) {
    const gateway = item.requiredString();
    if (gateway != null && !gateway.equals(utf8("mesh"))) {
      item.error(utf8("not supported: only \"mesh\" is possible: the WasmPlugin's selector chooses a gateway's pods"));
    }
    item = item.next();
  }
  return place.count > 0;
}

/** Whether the proxy is a gateway: istiod names those `router~…` (istio `pilot/pkg/model: NodeType`). */
function isGateway(region: Region): bool {
  const id = nodeId(region);
  return id != null && id.startsWith(utf8("router~"));
}

/**
 * Reads `http`: a rule for each match of each route, in order. What stands behind a match that every request meets is
 * checked like the rest, warned of, and left out, as istiod leaves it out.
 */
function readRoutes(place: Place, service: VirtualService, reader: VirtualServiceReader): OrderedIndex {
  const rules = changetype<Rules>(place.report.region.take(offsetof<Rules>()));
  rules.list = RuleList.open(reader.compiler);
  if (place.required() && place.list()) {
    let item = place.first();
    let position: u32 = 0;
    while (item != null) {
      if (item.required() && item.object()) readRoute(item, position, service, reader, rules);
      position++;
      item = item.next();
    }
  }
  return rules.list.index();
}

function readRoute(
  place: Place,
  position: u32,
  service: VirtualService,
  reader: VirtualServiceReader,
  rules: Rules,
): void {
  const region = reader.compiler.region;
  if (rules.closed) place.warn(utf8("never used: an earlier route matches every request"));
  const route = changetype<HttpRoute>(region.take(reader.routeSize));
  route.service = service;
  route.position = position;
  route.name = copyOf(place.field(utf8("name")).string(), region);
  readMatches(place.field(utf8("match")), route, reader, rules);
  reader.readRoute(place, route, reader);
}

function readMatches(place: Place, route: HttpRoute, reader: VirtualServiceReader, rules: Rules): void {
  const outcome = changetype<usize>(route);
  if (!place.list() || place.count == 0) {
    if (!rules.closed) rules.list.add(catchAll(reader.compiler), outcome);
    rules.closed = true;
    return;
  }
  let item = place.first();
  while (item != null) {
    const match = readHttpMatch(item, reader.compiler);
    if (!match.asksSlashOnly) reader.asksPath = true;
    if (!rules.closed && !match.elsewhere) {
      rules.list.add(match.conditions, outcome);
      if (match.catchesAll) rules.closed = true;
    }
    item = item.next();
  }
}

function copyOf(name: Text | null, region: Region): Text {
  return name == null ? utf8("") : Text.copy(region, name.start, name.length);
}
