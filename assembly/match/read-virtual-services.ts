import { ofUsualLength } from "../config/name";
import { Items } from "../config/items";
import { Place } from "../config/place";
import { nodeId } from "../host/node";
import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { MatchCompiler } from "./compiler";
import { HttpMatch, catchAll } from "./http-match-request";
import { RuleList } from "./rule-list";
import { VirtualHosts } from "./virtual-hosts";
import { HttpRoute, VirtualService } from "./virtual-service";

/** Reads what an entry of `http` has beside `name` and `match`, now or later (`memory/agenda.ts`), and ends with `place.noOtherFields()`. */
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

/**
 * Reads a list of Istio's VirtualServices, which must be there: `name`, `namespace` (`default` where not given), `hosts`,
 * and `http`, the fields of whose entries but `name` and `match` the filter reads itself. Fields that say where a resource
 * applies are refused by name. It is read later (`memory/agenda.ts`), a route at a time.
 */
export function readVirtualServices(place: Place, reader: VirtualServiceReader): void {
  if (!place.required() || !place.list()) return;
  later<VirtualServicesReading>(readNext, VirtualServicesReading.begin(place, reader));
}

function readNext(reading: VirtualServicesReading): bool {
  return !reading.step();
}

/** Where the reading of a VirtualService stands: its hosts are checked before its routes are read, and lead to them then. */
const enum Stage {
  BETWEEN,
  HOSTS,
  ROUTES,
  ADDING,
}

/** The reading of a list of VirtualServices, a route at a time. Where it stands is kept in this record alone, so that it can go on later. */
@unmanaged
export class VirtualServicesReading {
  private reader: VirtualServiceReader;
  private services: Items;
  private stage: Stage;
  /** The VirtualService that is being read: its place and some of its fields, and its record. */
  private place: Place;
  private namespace: Text;
  private hosts: Place;
  private service: VirtualService;
  /** Its hosts or its routes. */
  private items: Items;
  /** How many routes were begun. */
  private position: u32;
  /** The route that is being read: its place and record, and the match that comes next; null between two. */
  private entry: Place | null;
  private route: HttpRoute;
  private match: Place | null;
  private matching: HttpMatch;
  private rules: RuleList;
  /** A rule that every request meets is among them: what comes after it is never reached. */
  private closed: bool;

  /** Begins the reading of a list. */
  static begin(list: Place, reader: VirtualServiceReader): VirtualServicesReading {
    const reading = changetype<VirtualServicesReading>(list.report.region.take(offsetof<VirtualServicesReading>()));
    reading.reader = reader;
    reading.services = Items.of(list);
    reading.matching = HttpMatch.open(list.report.region, reader.compiler);
    return reading;
  }

  /**
   * Reads some hosts of a VirtualService or some matches of a route, or what stands before and after these; false if there is nothing left to
   * read.
   */
  step(): bool {
    switch (this.stage) {
      case Stage.BETWEEN:
        return this.beginNext();
      case Stage.HOSTS:
        if (this.goOverHosts()) this.beginRoutes();
        break;
      case Stage.ROUTES:
        this.readRoutes();
        break;
      case Stage.ADDING:
        if (this.goOverHosts()) this.end();
    }
    return true;
  }

  /** Checks some of the hosts or, when the routes were read, adds them; true if none is left. */
  private goOverHosts(): bool {
    for (let i: u32 = 0; i < ITEMS_A_STEP; i++) {
      const host = this.items.next();
      if (host == null) return true;
      if (this.stage == Stage.HOSTS) VirtualHosts.checkHost(host);
      else this.reader.hosts.addHostAt(host, this.namespace, changetype<usize>(this.service));
    }
    return false;
  }

  private readRoutes(): void {
    let entry = this.entry;
    if (entry == null) {
      entry = this.items.next();
      if (entry == null) return this.endRoutes();
      this.position++;
      if (!entry.required() || !entry.object()) return;
      this.beginRoute(entry);
    }
    if (this.readMatches()) {
      this.reader.readRoute(entry, this.route, this.reader);
      this.entry = null;
    }
  }

  private beginNext(): bool {
    const place = this.services.next();
    if (place == null) return false;
    if (!place.required() || !place.object()) return true;
    const compiler = this.reader.compiler;
    const service = changetype<VirtualService>(compiler.region.take(offsetof<VirtualService>()));
    const name = place.field(utf8("name"));
    service.name = copyOf(ofUsualLength(name, name.string()), compiler.region);
    this.place = place;
    this.service = service;
    const field = place.field(utf8("namespace"));
    const namespace = ofUsualLength(field, field.nonEmptyString());
    this.namespace = namespace == null ? utf8("default") : namespace;
    this.hosts = place.field(utf8("hosts"));
    VirtualHosts.checkHosts(this.hosts);
    this.items = Items.of(this.hosts);
    this.stage = Stage.HOSTS;
    return true;
  }

  private beginRoutes(): void {
    const http = this.place.field(utf8("http"));
    if (http.required()) http.list();
    this.items = Items.of(http);
    this.position = 0;
    this.rules = RuleList.open(this.reader.compiler);
    this.closed = false;
    this.stage = Stage.ROUTES;
  }

  private endRoutes(): void {
    const place = this.place;
    const service = this.service;
    service.routes = this.rules.indexLater(place.report.region);
    const elsewhere = isForMesh(place.field(utf8("gateways"))) && isGateway(place.report.region);
    // istiod makes no virtual host where no route is left for the proxy.
    if (elsewhere || service.routes.isEmpty) return this.end();
    this.items = Items.of(this.hosts);
    this.stage = Stage.ADDING;
  }

  private end(): void {
    const place = this.place;
    place.refuse(utf8("tls"), utf8("the filter handles HTTP only"));
    place.refuse(utf8("tcp"), utf8("the filter handles HTTP only"));
    place.refuse(utf8("exportTo"), utf8("the WasmPlugin's namespace and selector decide which proxies it applies to"));
    place.noOtherFields();
    this.stage = Stage.BETWEEN;
  }

  /** Reads what stands before the matches of an entry of `http`, and what it is if it has none. */
  private beginRoute(place: Place): void {
    const compiler = this.reader.compiler;
    if (this.closed) place.warn(utf8("never used: an earlier route matches every request"));
    const route = changetype<HttpRoute>(compiler.region.take(this.reader.routeSize));
    route.service = this.service;
    route.position = this.position - 1;
    route.name = copyOf(place.field(utf8("name")).string(), compiler.region);
    const matches = place.field(utf8("match"));
    if (!matches.list() || matches.count == 0) {
      if (!this.closed) this.rules.add(catchAll(compiler), changetype<usize>(route));
      this.closed = true;
    } else {
      this.match = matches.first();
    }
    this.entry = place;
    this.route = route;
  }

  /**
   * Reads some matches of a route, a rule for each, or some of the conditions of one; true if none is left. What stands after a match that
   * every request meets is checked like the rest, warned of, and left out, as istiod leaves it out.
   */
  private readMatches(): bool {
    const reader = this.reader;
    const match = this.matching;
    let item = this.match;
    match.beginStep();
    while (item != null && !match.stepEnded && match.read(item)) {
      if (!match.asksSlashOnly) reader.asksPath = true;
      if (!this.closed && !match.elsewhere) {
        this.rules.add(match.conditions, changetype<usize>(this.route));
        if (match.catchesAll) this.closed = true;
      }
      item = item.next();
    }
    this.match = item;
    return item == null;
  }
}

/**
 * Whether `gateways` is there and says `mesh`, Istio's name for all sidecars. Any other gateway is refused: what a proxy is
 * told of itself does not say for which Gateways it listens.
 */
function isForMesh(place: Place): bool {
  if (!place.list()) return false;
  let item = place.firstOfFew();
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

function copyOf(name: Text | null, region: Region): Text {
  return name == null ? utf8("") : Text.copy(region, name.start, name.length);
}
