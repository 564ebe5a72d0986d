import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { fillSetIndexLater } from "../../assembly/match/set-filling";
import { SetIndex } from "../../assembly/match/set-index";
import { later } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { PluginReading } from "../../assembly/plugin/reading";
import { SlotTable } from "../../assembly/request/slots";
import { Direction } from "../../assembly/request/traffic-direction";
import { Text, utf8 } from "../../assembly/text/text";
import { Counters } from "./counters";
import { DecisionLog } from "./decision-log";
import { Explain } from "./explain";
import { useFacts } from "./facts";
import { Plan } from "./plan";
import { OrderedRules } from "./policy-order";
import { PoliciesReading } from "./read-policies";
import { RuleReader } from "./rule-reader";
import { SharedValues } from "./shared-values";
import { TrustDomains } from "./trust-domains";
import { Workload } from "./workload";

/** Reads the filter's configuration into a `Plan` in the reading's region; what is wrong goes to the place's report. */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useFacts();
  const region = reading.region;
  const slots = reading.slots;
  const asked = slots.askedOfHeaders;
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  const scratch = root.report.region;
  const example = utf8(
    "policies, for example {policies: [{name: allow-sleep, namespace: default, rules: [{from: [{source: {principals: [cluster.local/ns/default/sa/sleep]}}]}]}]}; policies: [] allows every request",
  );
  if (!reading.begin(root, example)) return plan;
  plan.source = reading.source();
  if (plan.source.refused) {
    root.error(utf8("cannot read xds.node.id, so the proxy type and the identities of peers are unknown"));
  }
  const aliases = root.field(utf8("trustDomainAliases"));
  const trustDomains = TrustDomains.read(plan.source.trustDomain, aliases, scratch);
  const workload = Workload.read(reading);
  const direct = readDirectRemoteIp(root.field(utf8("directRemoteIp")));
  plan.requireMtls = readRequireMtls(root.field(utf8("requireMtls")), plan);
  plan.counters = changetype<Counters>(region.take(offsetof<Counters>()));
  const compiler = MatchCompiler.open(region, slots);
  plan.log = DecisionLog.read(root.field(utf8("decisionLog")), slots, region);
  const here = RuleReader.open(compiler, scratch, trustDomains, direct);
  plan.explain = Explain.read(root.field(utf8("explain")), here);
  readPolicies(root.field(utf8("policies")), plan, workload, here);
  const ending = changetype<Ending>(scratch.take(offsetof<Ending>()));
  ending.root = root;
  ending.plan = plan;
  ending.slots = slots;
  ending.asked = asked;
  later<Ending>(end, ending);
  return plan;
}

/** What is left to do when the policies were read. */
@unmanaged
class Ending {
  root: Place;
  plan: Plan;
  slots: SlotTable;
  /** How often headers were asked for before the filter's configuration was read. */
  asked: u32;
}

function end(ending: Ending): bool {
  ending.root.noOtherFields();
  ending.plan.readsHeaders = ending.slots.askedOfHeaders != ending.asked;
  return true;
}

function readPolicies(place: Place, plan: Plan, workload: Workload, here: RuleReader): void {
  if (!place.required() || !place.list()) return;
  const report = place.report;
  const kept = report.lasting;
  const unused = Region.open();
  report.beside = unused;
  const compiler = MatchCompiler.open(unused, SlotTable.open(kept, here.compiler.slots.joined));
  const elsewhere = RuleReader.open(compiler, here.scratch, here.trustDomains, here.directRemoteIp);
  here.shared = SharedValues.open(kept);
  const reading = PoliciesReading.begin(place, plan, workload, here, elsewhere, kept);
  later<PoliciesReading>(readNext, reading);
  later<PoliciesReading>(order, reading);
  later<PoliciesReading>(index, reading);
}

function readNext(reading: PoliciesReading): bool {
  return !reading.step();
}

/** Orders the rules that were read. */
function order(reading: PoliciesReading): bool {
  reading.ordered = OrderedRules.orderLater(reading.list, reading.read, reading.count, reading.here.scratch);
  return true;
}

/** Makes the index of the rules that were ordered. */
function index(reading: PoliciesReading): bool {
  const here = reading.here;
  const report = reading.list.report;
  const unused = report.beside;
  if (unused != null) unused.close();
  report.beside = null;
  // Of a configuration that is refused nothing is used.
  if (report.failed) return true;
  const plan = reading.plan;
  const rules = reading.ordered;
  plan.rules = rules.first;
  plan.index = SetIndex.open(here.region, rules.count, null);
  fillSetIndexLater(plan.index, here.region, here.scratch, here.compiler.slots, rules.first, rules.count);
  return true;
}

/** `directRemoteIp: {filterState: <key>}`: where a filter before this one has put the direct peer's address. */
function readDirectRemoteIp(place: Place): Text | null {
  if (!place.object()) return null;
  const state = place.field(utf8("filterState"));
  place.noOtherFields();
  return state.required() ? state.nonEmptyString() : null;
}

function readRequireMtls(place: Place, plan: Plan): bool {
  const required = place.boolean(false);
  if (required && plan.source.direction == Direction.OUTBOUND) {
    place.error(
      utf8("not possible with direction OUTBOUND: there the peer is the application itself, which uses no TLS"),
    );
  }
  if (required && plan.source.waypoint) {
    place.error(
      utf8("not possible on a waypoint: the client's mTLS ends before this filter, so every request would be denied"),
    );
  }
  return required;
}
