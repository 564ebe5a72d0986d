import { Place } from "../../assembly/config/place";
import { later } from "../../assembly/memory/agenda";
import { Chain, openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Writer } from "../../assembly/text/writer";
import { xxHash64 } from "../../assembly/text/xxhash64";
import { HeaderOperations, readHeaderOperations } from "./header-operations";
import { Destination, Route } from "./plan";
import { DestinationParts, Steering, steeringValue } from "../../assembly/match/steering";

/** The largest weight that is read, so that no sum of them passes 32 bits. */
const MAX_WEIGHT: i64 = 1_000_000;
const MAX_DESTINATIONS: u32 = 1000;
/** Destinations of about so many bytes of JSON are read in one step. */
const BYTES_A_STEP: u32 = 4 << 10;

/**
 * Reads `route` and the route's own `headers` into the route's destinations: those of weight 0 are left out where there
 * are several; a single one takes all, whatever its weight (istio `route.go: translateRoute`). They are read later
 * (`memory/agenda.ts`), some at a time.
 */
export function readDestinations(place: Place, headers: Place, route: Route, steering: Steering, region: Region): void {
  const ofRoute = readDirections(headers, steering, region);
  if (!place.required() || !place.list()) return;
  const count = place.count;
  if (count == 0) return place.expected(utf8("a list that is not empty"));
  if (count > MAX_DESTINATIONS) return place.error(utf8("more than 1000 destinations"));
  const report = place.report;
  const reading = changetype<DestinationsReading>(report.region.take(offsetof<DestinationsReading>()));
  reading.place = place;
  reading.errorsBefore = report.errors.count;
  reading.next = place.first();
  reading.ofRoute = ofRoute;
  reading.route = route;
  reading.steering = steering;
  reading.region = region;
  reading.destinations = openChain<Destination>(report.region);
  reading.identities = TextTable.open(report.region);
  later<DestinationsReading>(readSome, reading);
}

/** The reading of a route's destinations, each of which may have many headers. Where it stands is kept in this record alone. */
@unmanaged
class DestinationsReading {
  place: Place;
  next: Place | null;
  ofRoute: Directions;
  route: Route;
  steering: Steering;
  region: Region;
  destinations: Chain<Destination>;
  /** How many have had each identity. */
  identities: TextTable;
  errorsBefore: u32;
}

function readSome(reading: DestinationsReading): bool {
  let item = reading.next;
  let bytes: u32 = 0;
  while (item != null && bytes < BYTES_A_STEP) {
    bytes += item.size;
    if (item.object()) add(readDestination(item, reading.steering, reading.region), reading);
    item = item.next();
  }
  reading.next = item;
  if (item != null) return false;
  end(reading);
  return true;
}

function add(destination: Destination, reading: DestinationsReading): void {
  const single = reading.place.count == 1;
  if (single) destination.weight = 1;
  compose(destination, reading.ofRoute, single, reading.region);
  if (destination.weight == 0) return;
  const identity = destination.identity;
  destination.seed = seedOf(identity, reading.identities.entry(identity).value++);
  reading.destinations.add(destination);
  reading.route.totalWeight += destination.weight;
}

function end(reading: DestinationsReading): void {
  const place = reading.place;
  const route = reading.route;
  route.destinations = reading.destinations.first;
  if (route.totalWeight == 0 && place.report.errors.count == reading.errorsBefore) {
    place.error(utf8("the weights add up to 0"));
  }
}

/** `headers: {request, response}`. */
@unmanaged
class Directions {
  request: HeaderOperations | null;
  response: HeaderOperations | null;
}

function readDirections(place: Place, steering: Steering, region: Region): Directions {
  const directions = changetype<Directions>(place.report.region.take(offsetof<Directions>()));
  if (!place.object()) return directions;
  const request = place.field(utf8("request"));
  const operations = readHeaderOperations(request, region, true);
  if (operations != null && operations.touch(steering.header)) {
    request.error(utf8("these change the steering header, which only steering may write"));
  }
  directions.request = operations;
  directions.response = readHeaderOperations(place.field(utf8("response")), region, false);
  place.noOtherFields();
  return directions;
}

function readDestination(place: Place, steering: Steering, region: Region): Destination {
  const destination = changetype<Destination>(region.take(offsetof<Destination>()));
  destination.identity = utf8("");
  destination.weight = <u32>place.field(utf8("weight")).integer(0, MAX_WEIGHT, 0);
  const own = readDirections(place.field(utf8("headers")), steering, region);
  destination.request = own.request;
  destination.response = own.response;
  const target = place.field(utf8("destination"));
  if (target.required() && target.object()) readTarget(target, destination, steering, region);
  place.noOtherFields();
  return destination;
}

function readTarget(place: Place, destination: Destination, steering: Steering, region: Region): void {
  const parts = changetype<DestinationParts>(place.report.region.take(offsetof<DestinationParts>()));
  const host = place.field(utf8("host"));
  const subset = place.field(utf8("subset"));
  const port = place.field(utf8("port"));
  if (host.required()) parts.host = host.nonEmptyString();
  parts.subset = subset.nonEmptyString();
  if (port.object()) {
    const number = port.field(utf8("number"));
    const value = number.required() ? number.integer(1, 65535, 0) : 0;
    if (value != 0) parts.port = Writer.decimal(region, value);
    port.noOtherFields();
  }
  place.noOtherFields();
  checkValue(host);
  checkValue(subset);
  if (steering.namesCluster) checkClusterParts(place, parts, steering);
  destination.steering = steeringValue(region, steering.template, parts);
  destination.identity = identityOf(parts, region);
}

/** What goes into a header must be fit for one. */
function checkValue(place: Place): void {
  const node = place.node;
  if (node == null || !place.isString) return;
  for (let i: u32 = 0; i < node.count; i++) {
    const byte = load<u8>(node.start + i);
    if (byte <= 0x20 || byte == 0x7f) return place.expected(utf8("a name without spaces and control bytes"));
  }
}

/** istiod's clusters are named `outbound|port|subset|host`, the host fully qualified: nothing of it may be missing. */
function checkClusterParts(place: Place, parts: DestinationParts, steering: Steering): void {
  const host = parts.host;
  if (host != null && !host.contains(0x2e))
    place.error(utf8("steering.value names a cluster: the host must be fully qualified"));
  if (parts.subset == null && steering.names(utf8("{subset}")))
    place.error(utf8("steering.value names a cluster: a subset is required"));
  if (parts.port == null && steering.names(utf8("{port}")))
    place.error(utf8("steering.value names a cluster: a port is required"));
}

/** `host|subset|port`, what is lacking left empty. */
function identityOf(parts: DestinationParts, region: Region): Text {
  const writer = Writer.open();
  const host = parts.host;
  const subset = parts.subset;
  const port = parts.port;
  if (host != null) writer.text(host);
  writer.byte(0x7c);
  if (subset != null) writer.text(subset);
  writer.byte(0x7c);
  if (port != null) writer.text(port);
  return writer.finish(region);
}

/**
 * XXH64 of the destination's identity, seeded with how many before it have the same one: so neither a destination's place
 * among others nor its weight moves its keys, and two that differ in their headers alone have keys of their own.
 */
function seedOf(identity: Text, before: u32): u64 {
  return xxHash64(identity.start, identity.length, before);
}

/**
 * Puts the route's and the destination's operations in Istio's order: with one destination istiod makes one set of both,
 * the route's first; with several, Envoy applies the destination's and then the route's.
 */
function compose(destination: Destination, ofRoute: Directions, single: bool, region: Region): void {
  destination.request = composed(destination.request, ofRoute.request, single, region);
  destination.response = composed(destination.response, ofRoute.response, single, region);
}

function composed(
  own: HeaderOperations | null,
  ofRoute: HeaderOperations | null,
  single: bool,
  region: Region,
): HeaderOperations | null {
  if (ofRoute == null) return own;
  if (own == null) return ofRoute;
  const both = changetype<HeaderOperations>(region.take(offsetof<HeaderOperations>()));
  if (single) {
    both.merge(region, ofRoute);
    both.merge(region, own);
  } else {
    both.merge(region, own);
    both.then = ofRoute;
  }
  return both;
}
