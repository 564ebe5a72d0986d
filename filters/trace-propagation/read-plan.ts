import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { pluginName } from "../../assembly/host/plugin-name";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { PluginReading } from "../../assembly/plugin/reading";
import { Fact } from "../../assembly/request/slots";
import { utf8 } from "../../assembly/text/text";
import { TracerDetection } from "./tracer-detection";
import { TraceContext } from "./context";
import { Counters } from "./counters";
import { FormatId } from "./formats/format";
import { Plan } from "./plan";
import { readFormats } from "./formats/read-formats";
import { readJoin } from "./join/read-join";
import { finishRemote } from "./sampling/read-jaeger-remote";
import { readSampling } from "./sampling/read-sampling";
import { readKeep } from "./reporting/read-keep";
import { readReporting } from "./reporting/read-reporting";

/**
 * Reads the filter's configuration into a `Plan` in the reading's region; what is wrong goes to the place's report. No configuration at
 * all is the one in which every field has its default.
 */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useHttpMatchFacts();
  const region = reading.region;
  const slots = reading.slots;
  const plan = changetype<Plan>(region.take(offsetof<Plan>()));
  root.object();
  plan.counters = changetype<Counters>(region.take(offsetof<Counters>()));
  plan.context = changetype<TraceContext>(region.take(offsetof<TraceContext>()));
  reading.source();
  readFormats(root, plan, reading);
  plan.writesW3c = writes(plan, FormatId.W3C);
  plan.detection = TracerDetection.open(region);
  plan.removesForeign =
    Choice.at(root.field(utf8("foreign")))
      .or(utf8("keep"), 0)
      .or(utf8("remove"), 1)
      .value(0) == 1;
  plan.participates = root.field(utf8("participate")).boolean(false);
  const compiler = MatchCompiler.open(region, slots);
  plan.sampler = readSampling(root.field(utf8("sampling")), compiler, reading);
  readJoin(root.field(utf8("join")), plan, reading);
  plan.reporting = readReporting(root.field(utf8("reporting")), plan.participates, reading);
  const remote = plan.sampler.remote;
  if (remote != null) finishRemote(remote, plan.reporting, region);
  const keep = root.field(utf8("keep"));
  readKeep(keep, plan.reporting, compiler);
  if (keep.present || plan.sampler.counting != null) plan.plugin = pluginName(region);
  plan.tracestate = slots.slot(Fact.HEADER, utf8("tracestate"));
  plan.baggage = slots.slot(Fact.HEADER, utf8("baggage"));
  root.noOtherFields();
  return plan;
}

function writes(plan: Plan, id: FormatId): bool {
  let inUse = plan.firstToWrite;
  while (inUse != null) {
    if (inUse.format.id == id) return true;
    inUse = inUse.nextToWrite;
  }
  return false;
}
