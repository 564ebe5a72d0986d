import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { pluginName } from "../../assembly/host/plugin-name";
import { MatchCompiler } from "../../assembly/match/compiler";
import { useHttpMatchFacts } from "../../assembly/match/http-match-facts";
import { later } from "../../assembly/memory/agenda";
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
 * all is the one in which every field has its default. Lists that may be long are read later (`memory/agenda.ts`), and what comes
 * after them too.
 */
export function readPlan(root: Place, reading: PluginReading): Plan {
  useHttpMatchFacts();
  const region = reading.region;
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
  const rest = changetype<Rest>(reading.scratch.take(offsetof<Rest>()));
  rest.root = root;
  rest.plan = plan;
  rest.reading = reading;
  rest.compiler = MatchCompiler.open(region, reading.slots);
  plan.sampler = readSampling(root.field(utf8("sampling")), rest.compiler, reading);
  later<Rest>(readNext, rest);
  return plan;
}

/** What is left to read after `sampling`: one field after the other, as what is left for later of one comes before the next. */
@unmanaged
class Rest {
  root: Place;
  plan: Plan;
  reading: PluginReading;
  compiler: MatchCompiler;
  /** How many fields were begun. */
  begun: u32;
}

function readNext(rest: Rest): bool {
  const root = rest.root;
  const plan = rest.plan;
  switch (rest.begun++) {
    case 0:
      readJoin(root.field(utf8("join")), plan, rest.reading);
      return false;
    case 1:
      plan.reporting = readReporting(root.field(utf8("reporting")), plan.participates, rest.reading);
      return false;
    case 2:
      endSampler(plan, root.field(utf8("keep")), rest.compiler);
      return false;
  }
  const slots = rest.reading.slots;
  plan.tracestate = slots.slot(Fact.HEADER, utf8("tracestate"));
  plan.baggage = slots.slot(Fact.HEADER, utf8("baggage"));
  plan.passes = passes(plan);
  if (plan.passes) plan.traceparent = slots.slot(Fact.HEADER, utf8("traceparent"));
  root.noOtherFields();
  return true;
}

/** Whether W3C's format is read and written alone, and the filter neither takes part in traces nor joins requests to them. */
function passes(plan: Plan): bool {
  const only = plan.firstToRead;
  if (only == null || only != plan.firstToWrite || plan.participates || plan.join != null) return false;
  return only.isW3c && only.nextToRead == null && only.nextToWrite == null;
}

/** Completes the sampler by what `reporting` says, and begins to read `keep`. */
function endSampler(plan: Plan, keep: Place, compiler: MatchCompiler): void {
  const region = compiler.region;
  const sampler = plan.sampler;
  const remote = sampler.remote;
  if (remote != null) finishRemote(remote, plan.reporting, region);
  if (keep.present || sampler.counting != null) plan.plugin = pluginName(region);
  readKeep(keep, plan.reporting, compiler);
}

function writes(plan: Plan, id: FormatId): bool {
  let inUse = plan.firstToWrite;
  while (inUse != null) {
    if (inUse.format.id == id) return true;
    inUse = inUse.nextToWrite;
  }
  return false;
}
