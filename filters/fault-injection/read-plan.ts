import { readPercentage } from "../../assembly/config/percentage";
import { Place, endFields } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { readVirtualServices } from "../../assembly/match/read-virtual-services";
import { VirtualHosts } from "../../assembly/match/virtual-hosts";
import { later } from "../../assembly/memory/agenda";
import { openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { PluginReading } from "../../assembly/plugin/reading";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Budget } from "./budget";
import { Counters } from "./counters";
import { readExempt } from "../../assembly/match/exempt";
import { Fault } from "./fault";
import { HeaderControl } from "./header-control";
import { Plan, Route } from "./plan";
import { RouteReader, readRoute } from "./read-route";
import { readWindow } from "./window";

/** The highest `maxActiveFaults` (Envoy's is a uint32). */
const MAX_FAULTS: i64 = 0xffffffff;

/** Reads the filter's configuration into a `Plan` in the reading's region; what is wrong goes to the place's report. */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useHttpMatchFacts();
  const region = reading.region;
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  const example = utf8(
    "virtualServices, for example {virtualServices: [{hosts: [ratings], http: [{fault: {delay: {percentage: {value: 10}, fixedDelay: 5s}}}]}]}",
  );
  if (!reading.begin(root, example)) return plan;
  plan.counters = changetype<Counters>(region.take(offsetof<Counters>()));
  plan.timers = reading.timers;
  plan.faults = openChain<Fault>(region);
  reading.source();
  const rest = changetype<Rest>(reading.scratch.take(offsetof<Rest>()));
  rest.root = root;
  readRules(root, plan, MatchCompiler.open(region, reading.slots), rest);
  later<Rest>(readRest, rest);
  return plan;
}

/** What is left to read after the VirtualServices, and what they were read with. */
@unmanaged
class Rest {
  root: Place;
  reader: RouteReader;
  /** How often headers that are not the path were asked for before. */
  asked: u32;
}

function readRest(rest: Rest): bool {
  const root = rest.root;
  const reader = rest.reader;
  const plan = reader.plan;
  const compiler = reader.compiler;
  const region = compiler.region;
  const slots = compiler.slots;
  const asksOthers = slots.askedOfHeaders - slots.askedOfPath != rest.asked;
  plan.looksAtHeaders = reader.asksPath || plan.hosts.hasNames || asksOthers;
  plan.path = slots.slot(Fact.HEADER, utf8(":path"));
  plan.authority = slots.slot(Fact.HEADER, utf8(":authority"));
  plan.control = HeaderControl.read(root.field(utf8("headerControl")), compiler);
  const control = plan.control;
  if (control != null) {
    plan.looksAtHeaders = true;
    plan.faults.add(control.fault);
  }
  plan.window = readWindow(root.field(utf8("window")), region);
  const most = root.field(utf8("maxActiveFaults"));
  plan.limited = most.present;
  plan.maxActiveFaults = <u32>most.integer(0, MAX_FAULTS, 0);
  plan.budget = readBudget(root.field(utf8("budget")), region);
  plan.exempt = readExempt(root.field(utf8("exempt")), compiler);
  later<Place>(endFields, root);
  return true;
}

/** Reads the VirtualServices; `readRest` then finds out whether what they say of a request can be known without its headers. */
function readRules(root: Place, plan: Plan, compiler: MatchCompiler, rest: Rest): void {
  const region = compiler.region;
  plan.hosts = VirtualHosts.open(region);
  const slots = compiler.slots;
  // The path without its query is known not to be asked for but for its first byte (`asksPath`).
  rest.asked = slots.askedOfHeaders - slots.askedOfPath;
  const reader = changetype<RouteReader>(root.report.region.take(offsetof<RouteReader>()));
  reader.plan = plan;
  reader.compiler = compiler;
  reader.hosts = plan.hosts;
  reader.routeSize = offsetof<Route>();
  reader.readRoute = readRoute;
  rest.reader = reader;
  readVirtualServices(root.field(utf8("virtualServices")), reader);
}

function readBudget(place: Place, region: Region): Budget | null {
  if (!place.object()) return null;
  const most = place.field(utf8("maxPercent"));
  const share = most.required() ? readPercentage(most, 0) : 0;
  place.noOtherFields();
  return Budget.open(region, share);
}
