import { Place, endFields } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { readVirtualServices } from "../../assembly/match/read-virtual-services";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { later } from "../../assembly/memory/agenda";
import { openChain } from "../../assembly/memory/chain";
import { PluginReading } from "../../assembly/plugin/reading";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Plan, Route } from "./plan";
import { RouteReader, readRoute } from "./read-route";
import { readSteering } from "../../assembly/match/steering";

/** Reads the filter's configuration into a `Plan` in the reading's region; what is wrong goes to the place's report. */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useHttpMatchFacts();
  const region = reading.region;
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  const example = utf8(
    "virtualServices, for example {virtualServices: [{hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v1}}]}]}]}",
  );
  if (!reading.begin(root, example)) return plan;
  const slots = reading.slots;
  plan.hosts = VirtualHosts.open(region);
  plan.routes = openChain<Route>(region);
  plan.authority = slots.slot(Fact.HEADER, utf8(":authority"));
  const steering = readSteering(root.field(utf8("steering")), region);
  plan.steeringHeader = steering.header;
  plan.steersAuthority = steering.header.equals(utf8(":authority"));
  plan.steering = slots.slot(Fact.HEADER, steering.header);
  plan.expose = root.field(utf8("expose")).boolean(false);
  reading.source();
  const reader = changetype<RouteReader>(root.report.region.take(offsetof<RouteReader>()));
  reader.compiler = MatchCompiler.open(region, slots);
  reader.hosts = plan.hosts;
  reader.routeSize = offsetof<Route>();
  reader.readRoute = readRoute;
  reader.steering = steering;
  reader.plan = plan;
  readVirtualServices(root.field(utf8("virtualServices")), reader);
  later<Place>(endFields, root);
  return plan;
}
