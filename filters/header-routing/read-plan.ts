import { Place } from "../../assembly/config/place";
import { MetricType, defineMetric } from "../../assembly/host/metrics";
import { MatchCompiler } from "../../assembly/match/compiler";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { Region } from "../../assembly/memory/region";
import { readSource } from "../../assembly/plugin/source";
import { reserveSlots } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { Text, utf8 } from "../../assembly/text/text";
import { useFacts } from "./facts";
import { Plan, VirtualService } from "./plan";
import { readRoutes } from "./read-routes";
import { Steering, readSteering } from "./steering";

/** Reads the whole pluginConfig into a `Plan` in `region`, and gives its address; what is wrong goes to the place's report. */
export function readPlan(root: Place, region: Region): usize {
  useFacts();
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  if (!root.present && !root.report.failed) {
    root.error(
      utf8(
        "empty: write virtualServices, such as {virtualServices: [{hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: v1}}]}]}]}",
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
  readVirtualServices(root.field(utf8("virtualServices")), plan, steering, region);
  root.noOtherFields();
  reserveSlots(plan.slots.count);
  return changetype<usize>(plan);
}

function readVirtualServices(place: Place, plan: Plan, steering: Steering, region: Region): void {
  if (!place.required() || !place.list()) return;
  const compiler = MatchCompiler.open(region, plan.slots);
  let item = place.first();
  while (item != null) {
    if (item.object()) readVirtualService(item, plan, steering, compiler);
    item = item.next();
  }
}

function readVirtualService(place: Place, plan: Plan, steering: Steering, compiler: MatchCompiler): void {
  const region = compiler.region;
  const service = changetype<VirtualService>(region.take(offsetof<VirtualService>()));
  const name = place.field(utf8("name")).string();
  service.name = name == null ? utf8("") : Text.copy(region, name.start, name.length);
  const namespace = place.field(utf8("namespace")).nonEmptyString();
  const hosts = place.field(utf8("hosts"));
  VirtualHosts.checkHosts(hosts);
  service.routes = readRoutes(place.field(utf8("http")), service, steering, compiler);
  // istiod makes no virtual host where no route is left for the proxy.
  if (!service.routes.isEmpty) {
    plan.hosts.addHosts(hosts, namespace == null ? utf8("default") : namespace, changetype<usize>(service));
  }
  place.refuse(utf8("gateways"), utf8("a WasmPlugin's own selector and match say where it runs"));
  place.refuse(utf8("tls"), utf8("the filter sees HTTP only"));
  place.refuse(utf8("tcp"), utf8("the filter sees HTTP only"));
  place.refuse(utf8("exportTo"), utf8("the WasmPlugin's namespace and selector say which proxies it reaches"));
  place.noOtherFields();
}
