import { Items } from "../../../assembly/config/items";
import { Place, endFields } from "../../../assembly/config/place";
import { MatchCompiler } from "../../../assembly/match/compiler";
import { RuleList } from "../../../assembly/match/rule-list";
import { later } from "../../../assembly/memory/agenda";
import { PluginReading } from "../../../assembly/plugin/reading";
import { Text, utf8 } from "../../../assembly/text/text";
import { TextTable } from "../../../assembly/text/text-table";
import { readAdaptive } from "./read-adaptive";
import { readJaegerRemote } from "./read-jaeger-remote";
import { readMatches } from "../read-matches";
import { readName } from "../read-name";
import { readRateLimiting, readSteps } from "./read-rate";
import { Sampler } from "./sampler";
import { Strategy } from "./strategy";

/** 1 %, as MeshConfig's `defaultConfig.tracing.sampling`. */
const DEFAULT_PROBABILITY: f64 = 0.01;

/**
 * Reads `sampling: {…, rules: [{name, match, …}]}`, where `…` is one of `randomSamplingPercentage`, as in Istio's Telemetry,
 * `rateLimiting` and `adaptive`; the first rule of which a match holds counts before what stands beside the rules, which may also be
 * `jaegerRemote`. The rules are read later (`memory/agenda.ts`), one at a time.
 */
export function readSampling(place: Place, compiler: MatchCompiler, reading: PluginReading): Sampler {
  const region = compiler.region;
  const sampler = changetype<Sampler>(region.take(offsetof<Sampler>()));
  let otherwise: Strategy | null = null;
  if (place.object()) {
    otherwise = readStrategy(place, utf8("default"), sampler, compiler);
    const remote = place.field(utf8("jaegerRemote"));
    if (remote.object()) {
      if (otherwise != null) remote.error(utf8("several samplers: write jaegerRemote or another one, and not both"));
      const asking = readJaegerRemote(remote, reading);
      sampler.remote = asking;
      otherwise = counted(Strategy.following(asking.strategies, utf8("default"), region), sampler);
    }
  }
  sampler.otherwise =
    otherwise == null ? Strategy.probabilistic(DEFAULT_PROBABILITY, utf8("default"), region) : otherwise;
  readRules(place.field(utf8("rules")), sampler, compiler);
  later<Place>(endFields, place);
  return sampler;
}

function readRules(place: Place, sampler: Sampler, compiler: MatchCompiler): void {
  const report = place.report;
  const reading = changetype<RulesReading>(report.region.take(offsetof<RulesReading>()));
  reading.rules = RuleList.open(compiler);
  reading.sampler = sampler;
  reading.compiler = compiler;
  reading.names = TextTable.open(report.lasting);
  reading.names.entry(utf8("default")).value = 1;
  place.list();
  reading.items = Items.of(place);
  later<RulesReading>(readNext, reading);
  sampler.rules = reading.rules.indexLater(report.region);
}

/** How far the reading of the rules has come. */
@unmanaged
class RulesReading {
  rules: RuleList;
  sampler: Sampler;
  compiler: MatchCompiler;
  /** The names of the rules so far, which outlive the rules' places. */
  names: TextTable;
  items: Items;
  /** How many rules were read. */
  count: u32;
}

function readNext(reading: RulesReading): bool {
  const place = reading.items.next();
  if (place == null) return true;
  const index = reading.count++;
  if (!place.required() || !place.object()) return false;
  const compiler = reading.compiler;
  const matches = place.field(utf8("match"));
  const name = readName(place.field(utf8("name")), index, reading.names, compiler.region);
  const strategy = readStrategy(place, name, reading.sampler, compiler);
  place.noOtherFields();
  if (strategy == null) place.error(utf8("no sampler: write randomSamplingPercentage, rateLimiting or adaptive"));
  readMatches(matches, reading.rules, changetype<usize>(strategy));
  return false;
}

/** The one sampler that stands there; null if there is none. */
function readStrategy(place: Place, name: Text, sampler: Sampler, compiler: MatchCompiler): Strategy | null {
  const region = compiler.region;
  const percentage = place.field(utf8("randomSamplingPercentage"));
  const limit = place.field(utf8("rateLimiting"));
  const adaptive = place.field(utf8("adaptive"));
  const given = <u32>percentage.present + <u32>limit.present + <u32>adaptive.present;
  if (given == 0) return null;
  if (given > 1) {
    place.error(utf8("several samplers: write only one of randomSamplingPercentage, rateLimiting and adaptive"));
  }
  // Stands for what is reported.
  let strategy = Strategy.probabilistic(percentage.present ? readPercentage(percentage) : 0, name, region);
  if (limit.object()) strategy = Strategy.rateLimiting(readRateLimiting(limit), name, region);
  if (adaptive.object()) strategy = Strategy.adapting(readAdaptive(adaptive, region), name, region);
  return counted(strategy, sampler);
}

/** Notes a strategy that has metrics. */
function counted(strategy: Strategy, sampler: Sampler): Strategy {
  if (strategy.counts) {
    strategy.next = sampler.counting;
    sampler.counting = strategy;
  }
  return strategy;
}

/** A probability, from a percentage (Telemetry: 0 to 100, in steps of 0.01). */
function readPercentage(place: Place): f64 {
  return readSteps(place, 100, 0, 100, 0, utf8("a percentage from 0 to 100, in steps of 0.01")) / 10000;
}
