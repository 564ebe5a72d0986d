import { Place } from "../../assembly/config/place";
import { MetricType, defineMetric } from "../../assembly/host/metrics";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { readVirtualServices } from "../../assembly/match/read-virtual-services";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { Region } from "../../assembly/memory/region";
import { readSource } from "../../assembly/plugin/source";
import { reserveSlots } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Plan, Route } from "./plan";
import { RouteReader, readRoute } from "./read-route";
import { readSteering } from "./steering";

/** Reads the whole pluginConfig into a `Plan` in `region`, and gives its address; what is wrong goes to the place's report. */
export function readPlan(root: Place, region: Region): usize {
  useHttpMatchFacts();
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  if (!root.present && !root.report.failed) {
    root.error(
      utf8(
        "empty: write virtualServices, for example {virtualServices: [{hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v1}}]}]}]}",
      ),
    );
  }
  if (!root.object()) return changetype<usize>(plan);
  const joined = root.field(utf8("repeatedHeaders")).choice().or(utf8("EACH"), 0).or(utf8("JOINED"), 1).value(0) == 1;
  plan.slots = SlotTable.open(region, joined);
  plan.hosts = VirtualHosts.open(region);
  plan.authority = plan.slots.slot(Fact.HEADER, utf8(":authority"));
  const steering = readSteering(root.field(utf8("steering")), region);
  plan.steeringHeader = steering.header;
  plan.steersAuthority = steering.header.equals(utf8(":authority"));
  plan.steering = plan.slots.slot(Fact.HEADER, steering.header);
  plan.expose = root.field(utf8("expose")).boolean(false);
  plan.source = readSource(root, region);
  plan.noMatch = defineMetric(MetricType.COUNTER, utf8("header_routing.no_match"));
  const reader = changetype<RouteReader>(root.report.region.take(offsetof<RouteReader>()));
  reader.compiler = MatchCompiler.open(region, plan.slots);
  reader.hosts = plan.hosts;
  reader.routeSize = offsetof<Route>();
  reader.readRoute = readRoute;
  reader.steering = steering;
  readVirtualServices(root.field(utf8("virtualServices")), reader);
  root.noOtherFields();
  reserveSlots(plan.slots.count);
  return changetype<usize>(plan);
}
