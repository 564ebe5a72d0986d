import { readPercentage } from "../../assembly/config/percentage";
import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { VirtualServiceReader, readVirtualServices } from "../../assembly/match/read-virtual-services";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { Region } from "../../assembly/memory/region";
import { readSource } from "../../assembly/plugin/source";
import { reserveSlots } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Budget } from "./budget";
import { Counters } from "./counters";
import { Deadlines } from "./deadlines";
import { readExempt } from "./exempt";
import { HeaderControl } from "./header-control";
import { Plan, Route } from "./plan";
import { readRoute } from "./read-route";
import { readWindow } from "./window";

/** The highest `maxActiveFaults` (Envoy's is a uint32). */
const MOST_FAULTS: i64 = 0xffffffff;

/** Reads the whole pluginConfig into a `Plan` in `region`, and gives its address; what is wrong goes to the place's report. */
export function readPlan(root: Place, region: Region): usize {
  useHttpMatchFacts();
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  if (!root.present && !root.report.failed) {
    root.error(
      utf8(
        "empty: write virtualServices, for example {virtualServices: [{hosts: [ratings], http: [{fault: {delay: {percentage: {value: 10}, fixedDelay: 5s}}}]}]}",
      ),
    );
  }
  if (!root.object()) return changetype<usize>(plan);
  const joined = root.field(utf8("repeatedHeaders")).choice().or(utf8("EACH"), 0).or(utf8("JOINED"), 1).value(0) == 1;
  plan.slots = SlotTable.open(region, joined);
  plan.counters = Counters.define(region);
  plan.held = Deadlines.open(region);
  plan.source = readSource(root, region);
  const compiler = MatchCompiler.open(region, plan.slots);
  readRules(root, plan, compiler);
  plan.control = HeaderControl.read(root.field(utf8("headerControl")), compiler);
  if (plan.control != null) plan.looksAtHeaders = true;
  plan.window = readWindow(root.field(utf8("window")), region);
  const most = root.field(utf8("maxActiveFaults"));
  plan.limited = most.present;
  plan.maxActiveFaults = <u32>most.integer(0, MOST_FAULTS, 0);
  plan.budget = readBudget(root.field(utf8("budget")), region);
  plan.exempt = readExempt(root.field(utf8("exempt")), compiler);
  root.noOtherFields();
  reserveSlots(plan.slots.count);
  return changetype<usize>(plan);
}

/** Reads the VirtualServices, and finds out whether what they say of a request can be known without its headers. */
function readRules(root: Place, plan: Plan, compiler: MatchCompiler): void {
  const region = compiler.region;
  plan.hosts = VirtualHosts.open(region);
  const reader = changetype<VirtualServiceReader>(root.report.region.take(offsetof<VirtualServiceReader>()));
  reader.compiler = compiler;
  reader.hosts = plan.hosts;
  reader.routeSize = offsetof<Route>();
  reader.readRoute = readRoute;
  readVirtualServices(root.field(utf8("virtualServices")), reader);
  plan.path = plan.slots.slot(Fact.HEADER, utf8(":path"));
  plan.looksAtHeaders = reader.asksPath || plan.hosts.hasNames || asksOtherHeaders(plan);
  plan.authority = plan.slots.slot(Fact.HEADER, utf8(":authority"));
}

/** Whether something else of the headers is asked for than the path without its query. */
function asksOtherHeaders(plan: Plan): bool {
  for (let i: u32 = 0; i < plan.slots.count; i++) {
    const fact = plan.slots.at(i).fact;
    if (fact == Fact.QUERY_PARAMETER || (fact == Fact.HEADER && i != plan.path)) return true;
  }
  return false;
}

function readBudget(place: Place, region: Region): Budget | null {
  if (!place.object()) return null;
  const most = place.field(utf8("maxPercent"));
  const share = most.required() ? readPercentage(most, 0) : 0;
  place.noOtherFields();
  return Budget.open(region, share);
}
