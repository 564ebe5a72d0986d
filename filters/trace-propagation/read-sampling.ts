import { Place } from "../../assembly/config/place";
import { MatchCompiler } from "../../assembly/match/compiler";
import { RuleList } from "../../assembly/match/rule-list";
import { utf8 } from "../../assembly/text/text";
import { Sampler } from "./sampler";

/** 1 %, as MeshConfig's `defaultConfig.tracing.sampling`. */
const DEFAULT_SHARE: u32 = 100;

/**
 * Reads `sampling: {randomSamplingPercentage, rules: [{match, randomSamplingPercentage}]}`: percentages as in Istio's Telemetry;
 * the first rule of which a match holds counts before the one beside them.
 */
export function readSampling(place: Place, compiler: MatchCompiler): Sampler {
  const sampler = changetype<Sampler>(compiler.region.take(offsetof<Sampler>()));
  const rules = RuleList.open(compiler);
  sampler.otherwise = DEFAULT_SHARE;
  if (place.object()) {
    sampler.otherwise = readShare(place.field(utf8("randomSamplingPercentage")), DEFAULT_SHARE);
    readRules(place.field(utf8("rules")), rules);
    place.noOtherFields();
  }
  sampler.rules = rules.index();
  return sampler;
}

function readRules(place: Place, rules: RuleList): void {
  if (!place.list()) return;
  let rule = place.first();
  while (rule != null) {
    readRule(rule, rules);
    rule = rule.next();
  }
}

function readRule(place: Place, rules: RuleList): void {
  if (!place.required() || !place.object()) return;
  const matches = place.field(utf8("match"));
  const percentage = place.field(utf8("randomSamplingPercentage"));
  const share = percentage.required() ? readShare(percentage, 0) : 0;
  place.noOtherFields();
  if (!matches.required() || !matches.list()) return;
  if (matches.count == 0) matches.expected(utf8("a list that is not empty"));
  rules.addMatches(matches, share);
}

/** A share of 10,000, from a percentage (Telemetry: 0 to 100, in steps of 0.01); `otherwise` where nothing stands there. */
function readShare(place: Place, otherwise: u32): u32 {
  const value = place.number(<f64>otherwise / 100);
  const share = <u32>Math.round(max<f64>(0, min<f64>(value, 100)) * 100);
  if (value < 0 || value > 100 || abs(<f64>share / 100 - value) > 1e-9) {
    place.expected(utf8("a percentage from 0 to 100, in steps of 0.01"));
  }
  return share;
}
