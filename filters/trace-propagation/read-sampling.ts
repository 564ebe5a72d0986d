import { Place } from "../../assembly/config/place";
import { pluginName } from "../../assembly/host/plugin-name";
import { MatchCompiler } from "../../assembly/match/compiler";
import { RuleList } from "../../assembly/match/rule-list";
import { Text, utf8 } from "../../assembly/text/text";
import { TextTable } from "../../assembly/text/text-table";
import { Writer } from "../../assembly/text/writer";
import { Sampler } from "./sampler";
import { Strategy } from "./strategy";

/** 1 %, as MeshConfig's `defaultConfig.tracing.sampling`. */
const DEFAULT_PROBABILITY: f64 = 0.01;
const MOST_TRACES_PER_SECOND: f64 = 1_000_000;

/**
 * Reads `sampling: {…, rules: [{name, match, …}]}`, where `…` is one of `randomSamplingPercentage`, as in Istio's Telemetry, and
 * `rateLimiting`; the first rule of which a match holds counts before what stands beside the rules.
 */
export function readSampling(place: Place, compiler: MatchCompiler): Sampler {
  const region = compiler.region;
  const sampler = changetype<Sampler>(region.take(offsetof<Sampler>()));
  const rules = RuleList.open(compiler);
  let otherwise: Strategy | null = null;
  if (place.object()) {
    otherwise = readStrategy(place, utf8("default"), sampler, compiler);
    readRules(place.field(utf8("rules")), rules, sampler, compiler);
    place.noOtherFields();
  }
  sampler.otherwise =
    otherwise == null ? Strategy.probabilistic(DEFAULT_PROBABILITY, utf8("default"), region) : otherwise;
  sampler.rules = rules.index();
  if (sampler.counting != null) sampler.plugin = pluginName(region);
  return sampler;
}

function readRules(place: Place, rules: RuleList, sampler: Sampler, compiler: MatchCompiler): void {
  if (!place.list()) return;
  const names = TextTable.open(place.report.region);
  names.entry(utf8("default")).value = 1;
  let index: u32 = 0;
  let rule = place.first();
  while (rule != null) {
    readRule(rule, index++, names, rules, sampler, compiler);
    rule = rule.next();
  }
}

function readRule(
  place: Place,
  index: u32,
  names: TextTable,
  rules: RuleList,
  sampler: Sampler,
  compiler: MatchCompiler,
): void {
  if (!place.required() || !place.object()) return;
  const matches = place.field(utf8("match"));
  const name = readName(place.field(utf8("name")), index, names, compiler);
  const strategy = readStrategy(place, name, sampler, compiler);
  place.noOtherFields();
  if (strategy == null) place.error(utf8("no sampler: write randomSamplingPercentage or rateLimiting"));
  if (!matches.required() || !matches.list()) return;
  if (matches.count == 0) matches.expected(utf8("a list that is not empty"));
  rules.addMatches(matches, changetype<usize>(strategy));
}

/** What a rule is called in the names of metrics: its name, which no other rule may have, else its number, from 0 on. */
function readName(place: Place, index: u32, names: TextTable, compiler: MatchCompiler): Text {
  const written = place.nonEmptyString();
  const name = written == null ? Writer.decimal(compiler.region, index) : written;
  if (names.entry(name).value++ != 0) place.error(utf8('another rule has this name, or it is "default"'));
  return name;
}

/** The one sampler that stands there; null if there is none. */
function readStrategy(place: Place, name: Text, sampler: Sampler, compiler: MatchCompiler): Strategy | null {
  const region = compiler.region;
  const percentage = place.field(utf8("randomSamplingPercentage"));
  const limit = place.field(utf8("rateLimiting"));
  if (percentage.present && limit.present) {
    place.error(utf8("two samplers: write only one of randomSamplingPercentage and rateLimiting"));
  }
  let strategy: Strategy | null = null;
  if (percentage.present) strategy = Strategy.probabilistic(readPercentage(percentage), name, region);
  if (limit.object()) {
    const rate = readTracesPerSecond(limit.field(utf8("maxTracesPerSecond")));
    limit.noOtherFields();
    strategy = Strategy.rateLimiting(rate, name, region);
  } else if (limit.present) {
    // Said already; that there is none is not said besides.
    strategy = Strategy.probabilistic(0, name, region);
  }
  if (strategy != null && strategy.counts) {
    strategy.next = sampler.counting;
    sampler.counting = strategy;
  }
  return strategy;
}

/** A probability, from a percentage (Telemetry: 0 to 100, in steps of 0.01). */
function readPercentage(place: Place): f64 {
  const value = place.number(0);
  const share = Math.round(max<f64>(0, min<f64>(value, 100)) * 100);
  if (value < 0 || value > 100 || abs(share / 100 - value) > 1e-9) {
    place.expected(utf8("a percentage from 0 to 100, in steps of 0.01"));
  }
  return share / 10000;
}

/** Thousandths of a trace a second: Jaeger's `maxTracesPerSecond`, in steps of 0.001. */
function readTracesPerSecond(place: Place): u64 {
  if (!place.required()) return 1;
  const value = place.number(1);
  const rate = Math.round(max<f64>(0, min<f64>(value, MOST_TRACES_PER_SECOND)) * 1000);
  if (rate >= 1 && abs(rate / 1000 - value) <= 1e-9) return <u64>rate;
  place.expected(utf8("a number of traces a second from 0.001 to 1000000, in steps of 0.001"));
  return 1;
}
