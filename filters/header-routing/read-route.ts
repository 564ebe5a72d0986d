import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { refuseNativeActions } from "../../assembly/match/native-actions";
import { VirtualServiceReader } from "../../assembly/match/read-virtual-services";
import { NO_KEY, readRequestKey } from "../../assembly/match/request-key";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { later } from "../../assembly/memory/agenda";
import { utf8 } from "../../assembly/text/text";
import { readDestinations } from "./read-destinations";
import { Plan, Route } from "./plan";
import { Steering } from "../../assembly/match/steering";

/** What the routes are read with beside what those of every filter need. */
@unmanaged
export class RouteReader extends VirtualServiceReader {
  steering: Steering;
  plan: Plan;
}

/** What is left to read of a route after its destinations. */
@unmanaged
class Rest {
  place: Place;
  route: Route;
  compiler: MatchCompiler;
}

/** Reads where the requests of a route go: its destinations and what comes after them later (`memory/agenda.ts`). */
export function readRoute(place: Place, base: HttpRoute, reader: VirtualServiceReader): void {
  const route = changetype<Route>(base);
  const compiler = reader.compiler;
  const steering = changetype<RouteReader>(reader).steering;
  changetype<RouteReader>(reader).plan.routes.add(route);
  readDestinations(place.field(utf8("route")), place.field(utf8("headers")), route, steering, compiler.region);
  const rest = changetype<Rest>(place.report.region.take(offsetof<Rest>()));
  rest.place = place;
  rest.route = route;
  rest.compiler = compiler;
  later<Rest>(readRest, rest);
}

/** Reads the other fields of a route. */
function readRest(rest: Rest): bool {
  const place = rest.place;
  readHashOn(place.field(utf8("hashOn")), rest.route, rest.compiler);
  refuseOtherActions(place);
  place.noOtherFields();
  return true;
}

/** `hashOn: {header: name}`, `hashOn: {cookie: name}` or `hashOn: principal`. */
function readHashOn(place: Place, route: Route, compiler: MatchCompiler): void {
  const forms = utf8('{header: name}, {cookie: name} or "principal"');
  const key = readRequestKey(place, compiler, false, null, forms);
  route.sticky = key != NO_KEY;
  if (route.sticky) route.hashSlot = key;
}

/** The fields of Istio's HTTPRoute that are left to a native VirtualService. */
function refuseOtherActions(place: Place): void {
  const native = utf8("leave it to the static VirtualService that reads the steering header");
  refuseNativeActions(place, native);
  place.refuse(utf8("delegate"), utf8("a filter cannot see other resources: write the delegate's routes here"));
  place.refuse(utf8("fault"), native);
}
