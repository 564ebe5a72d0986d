import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { Region } from "../../assembly/memory/region";
import { readSource } from "../../assembly/plugin/source";
import { reserveSlots } from "../../assembly/request/request";
import { Fact, SlotTable } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { Arrangement } from "./arrangement";
import { TraceContext } from "./context";
import { Counters } from "./counters";
import { FormatId } from "./formats/format";
import { Plan } from "./plan";
import { readFormats } from "./read-formats";
import { openJoin, readJoin } from "./read-join";
import { readSampling } from "./read-sampling";

/**
 * Reads the whole pluginConfig into a `Plan` in `region`, and gives its address; what is wrong goes to the place's report. No
 * configuration at all is the one in which every field has its default.
 */
export function readPlan(root: Place, region: Region): usize {
  useHttpMatchFacts();
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  root.object();
  plan.slots = SlotTable.open(region, false);
  plan.counters = Counters.define(region);
  plan.context = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
  plan.source = readSource(root, region);
  plan.direction = plan.source.direction;
  readFormats(root, plan, region);
  plan.writesW3c = writes(plan, FormatId.W3C);
  plan.arrangement = Arrangement.open(region);
  plan.removesForeign = root.field(utf8("foreign")).choice().or(utf8("keep"), 0).or(utf8("remove"), 1).value(0) == 1;
  plan.participates = root.field(utf8("participate")).boolean(false);
  plan.sampler = readSampling(root.field(utf8("sampling")), MatchCompiler.open(region, plan.slots));
  readJoin(root.field(utf8("join")), plan, region);
  plan.tracestate = plan.slots.slot(Fact.HEADER, utf8("tracestate"));
  plan.baggage = plan.slots.slot(Fact.HEADER, utf8("baggage"));
  root.noOtherFields();
  if (!root.report.failed) openJoin(plan, region);
  reserveSlots(plan.slots.count);
  return changetype<usize>(plan);
}

function writes(plan: Plan, id: FormatId): bool {
  let carrier = plan.firstToWrite;
  while (carrier != null) {
    if (carrier.format.id == id) return true;
    carrier = carrier.nextToWrite;
  }
  return false;
}
