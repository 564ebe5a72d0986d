import { Place } from "../../assembly/config/place";
import { MetricType, NO_METRIC, defineMetric } from "../../assembly/host/metrics";
import { Condition } from "../../assembly/match/condition";
import { MatchCompiler } from "../../assembly/match/compiler";
import { catchAll, headerName, readHttpMatch } from "../../assembly/match/http-match-request";
import { OrderedIndex, Rule } from "../../assembly/match/ordered-index";
import { Region } from "../../assembly/memory/region";
import { Fact } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { readDestinations } from "./read-destinations";
import { Route, VirtualService } from "./plan";
import { Steering } from "./steering";

/** The rules of one VirtualService while they are read. */
@unmanaged
class RuleList {
  first: Rule | null;
  last: Rule | null;
  count: u32;
  /** A rule that every request meets is in the list: what comes behind it is never reached. */
  closed: bool;

  add(region: Region, conditions: Condition | null, route: Route): void {
    const rule = changetype<Rule>(region.take(offsetof<Rule>()));
    rule.number = this.count++;
    rule.conditions = conditions;
    rule.outcome = changetype<usize>(route);
    const last = this.last;
    if (last == null) this.first = rule;
    else last.next = rule;
    this.last = rule;
  }
}

/**
 * Reads `http`: a rule for each match of each route, in order. What stands behind a match that every request meets is
 * checked like the rest, warned of, and left out, as istiod leaves it out.
 */
export function readRoutes(
  place: Place,
  service: VirtualService,
  steering: Steering,
  compiler: MatchCompiler,
): OrderedIndex {
  const region = compiler.region;
  const rules = changetype<RuleList>(place.report.region.take(offsetof<RuleList>()));
  if (place.required() && place.list()) {
    let item = place.first();
    let position: u32 = 0;
    while (item != null) {
      if (item.object()) readRoute(item, position, service, steering, compiler, rules);
      position++;
      item = item.next();
    }
  }
  return OrderedIndex.build(region, compiler.slots, rules.first, rules.count);
}

function readRoute(
  place: Place,
  position: u32,
  service: VirtualService,
  steering: Steering,
  compiler: MatchCompiler,
  rules: RuleList,
): void {
  const region = compiler.region;
  if (rules.closed) place.warn(utf8("never reached: a route before it matches every request"));
  const route = changetype<Route>(region.take(offsetof<Route>()));
  route.service = service;
  route.position = position;
  const name = place.field(utf8("name")).string();
  route.name = name == null ? utf8("") : Text.copy(region, name.start, name.length);
  route.counter = route.name.length == 0 ? NO_METRIC : routeCounter(route.name);
  readMatches(place.field(utf8("match")), route, compiler, rules);
  readDestinations(place.field(utf8("route")), place.field(utf8("headers")), route, steering, region);
  readHashOn(place.field(utf8("hashOn")), route, compiler);
  refuseOtherActions(place);
  place.noOtherFields();
}

function readMatches(place: Place, route: Route, compiler: MatchCompiler, rules: RuleList): void {
  const region = compiler.region;
  if (!place.list() || place.count == 0) {
    if (!rules.closed) rules.add(region, catchAll(compiler), route);
    rules.closed = true;
    return;
  }
  let item = place.first();
  while (item != null) {
    const match = readHttpMatch(item, compiler);
    if (!rules.closed && !match.elsewhere) {
      rules.add(region, match.conditions, route);
      if (match.catchesAll) rules.closed = true;
    }
    item = item.next();
  }
}

/** `hashOn: {header: name}`, `hashOn: {cookie: name}` or `hashOn: principal`. */
function readHashOn(place: Place, route: Route, compiler: MatchCompiler): void {
  if (!place.present) return;
  const node = place.node;
  if (node != null && node.text != null) {
    place.choice().or(utf8("principal"), 1).value(0);
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

function routeCounter(name: Text): u32 {
  const writer = Writer.open();
  writer.text(utf8("header_routing.route."));
  writer.text(name);
  writer.text(utf8(".matched"));
  const scratch = Region.open();
  const id = defineMetric(MetricType.COUNTER, Text.copy(scratch, writer.start, writer.length));
  scratch.close();
  writer.close();
  return id;
}

/** The fields of Istio's HTTPRoute that are left to a native VirtualService. */
function refuseOtherActions(place: Place): void {
  const native = utf8("leave it to the static VirtualService that the steering header selects from");
  place.refuse(utf8("redirect"), native);
  place.refuse(utf8("directResponse"), native);
  place.refuse(utf8("rewrite"), native);
  place.refuse(utf8("timeout"), native);
  place.refuse(utf8("retries"), native);
  place.refuse(utf8("mirror"), native);
  place.refuse(utf8("mirrors"), native);
  place.refuse(utf8("mirrorPercentage"), native);
  place.refuse(utf8("mirrorPercent"), native);
  place.refuse(utf8("corsPolicy"), native);
  place.refuse(utf8("delegate"), utf8("a filter cannot see other resources: write the routes here"));
  place.refuse(utf8("fault"), native);
}
