import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { headerName } from "../../assembly/match/http-match-request";
import { refuseNativeActions } from "../../assembly/match/native-actions";
import { VirtualServiceReader } from "../../assembly/match/read-virtual-services";
import { HttpRoute } from "../../assembly/match/virtual-service";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { readDestinations } from "./read-destinations";
import { Plan, Route } from "./plan";
import { Steering } from "../../assembly/match/steering";

/** What the routes are read with beside what those of every filter need. */
@unmanaged
export class RouteReader extends VirtualServiceReader {
  steering: Steering;
  plan: Plan;
  /** The last route that was read. */
  last: Route | null;
}

/** Reads where the requests of a route go. */
export function readRoute(place: Place, base: HttpRoute, reader: VirtualServiceReader): void {
  const route = changetype<Route>(base);
  const compiler = reader.compiler;
  const steering = changetype<RouteReader>(reader).steering;
  const last = changetype<RouteReader>(reader).last;
  if (last == null) changetype<RouteReader>(reader).plan.firstRoute = route;
  else last.nextRoute = route;
  changetype<RouteReader>(reader).last = route;
  readDestinations(place.field(utf8("route")), place.field(utf8("headers")), route, steering, compiler.region);
  readHashOn(place.field(utf8("hashOn")), route, compiler);
  refuseOtherActions(place);
  place.noOtherFields();
}

/** `hashOn: {header: name}`, `hashOn: {cookie: name}` or `hashOn: principal`. */
function readHashOn(place: Place, route: Route, compiler: MatchCompiler): void {
  if (!place.present) return;
  const node = place.node;
  if (node != null && node.text != null) {
    Choice.at(place).or(utf8("principal"), 1).value(0);
    return stickTo(route, compiler, Fact.PRINCIPAL, utf8(""));
  }
  if (!place.object()) return;
  const header = place.field(utf8("header"));
  const cookie = place.field(utf8("cookie"));
  place.noOtherFields();
  if (header.present == cookie.present) return place.expected(utf8('{header: name}, {cookie: name} or "principal"'));
  const written = header.present ? header.nonEmptyString() : cookie.nonEmptyString();
  if (written == null) return;
  if (cookie.present) return stickTo(route, compiler, Fact.COOKIE, written);
  const name = headerName(header, written, compiler.region);
  if (name != null) stickTo(route, compiler, Fact.HEADER, name);
}

function stickTo(route: Route, compiler: MatchCompiler, fact: Fact, name: Text): void {
  route.hashSlot = compiler.slots.slot(fact, name);
  route.sticky = true;
}

/** The fields of Istio's HTTPRoute that are left to a native VirtualService. */
function refuseOtherActions(place: Place): void {
  const native = utf8("leave it to the static VirtualService that reads the steering header");
  refuseNativeActions(place, native);
  place.refuse(utf8("delegate"), utf8("a filter cannot see other resources: write the delegate's routes here"));
  place.refuse(utf8("fault"), native);
}
