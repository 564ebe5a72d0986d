import { readMilliseconds } from "../../assembly/config/duration";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Distribution, DistributionKind } from "./distribution";

/**
 * Reads `delay.distribution`: one of `uniform: {min, max}`, `normal: {mean, standardDeviation, max}`, `exponential: {mean, max}`
 * and `pareto: {scale, shape, max}`, of which each field is required. `shape` is a number above 0, all others are durations as
 * Istio writes them, none longer than `max`, but for the standard deviation, or than 32 bits of milliseconds.
 *
 * Null where nothing stands there, and with a report where something is wrong.
 */
export function readDistribution(place: Place, region: Region): Distribution | null {
  if (!place.object()) return null;
  const before = place.report.errors.count;
  const distribution = changetype<Distribution>(region.take(offsetof<Distribution>()));
  const uniform = place.field(utf8("uniform"));
  const normal = place.field(utf8("normal"));
  const exponential = place.field(utf8("exponential"));
  const pareto = place.field(utf8("pareto"));
  place.noOtherFields();
  const given = <u32>uniform.present + <u32>normal.present + <u32>exponential.present + <u32>pareto.present;
  if (given != 1) place.expected(utf8("one of uniform, normal, exponential and pareto"));
  else if (uniform.present) readUniform(uniform, distribution);
  else if (normal.present) readNormal(normal, distribution);
  else if (exponential.present) readExponential(exponential, distribution);
  else readPareto(pareto, distribution);
  return place.report.errors.count == before ? distribution : null;
}

function readUniform(place: Place, distribution: Distribution): void {
  if (!place.object()) return;
  distribution.kind = DistributionKind.UNIFORM;
  const min = place.field(utf8("min"));
  distribution.min = readRequired(min);
  endWithMax(place, distribution, min, distribution.min);
}

function readNormal(place: Place, distribution: Distribution): void {
  if (!place.object()) return;
  distribution.kind = DistributionKind.NORMAL;
  const mean = place.field(utf8("mean"));
  distribution.mean = readRequired(mean);
  distribution.standardDeviation = readRequired(place.field(utf8("standardDeviation")));
  endWithMax(place, distribution, mean, distribution.mean);
}

function readExponential(place: Place, distribution: Distribution): void {
  if (!place.object()) return;
  distribution.kind = DistributionKind.EXPONENTIAL;
  const mean = place.field(utf8("mean"));
  distribution.mean = readRequired(mean);
  endWithMax(place, distribution, mean, distribution.mean);
}

function readPareto(place: Place, distribution: Distribution): void {
  if (!place.object()) return;
  distribution.kind = DistributionKind.PARETO;
  const scale = place.field(utf8("scale"));
  distribution.scale = readRequired(scale);
  const shape = place.field(utf8("shape"));
  distribution.shape = shape.required() ? shape.number(1) : 1;
  if (distribution.shape <= 0) shape.expected(utf8("a number above 0"));
  endWithMax(place, distribution, scale, distribution.scale);
}

/** Reads `max`, which the value at `least` must not pass, as the last field of the kind. */
function endWithMax(place: Place, distribution: Distribution, least: Place, value: f64): void {
  distribution.max = readRequired(place.field(utf8("max")));
  place.noOtherFields();
  if (distribution.max > 0 && value > distribution.max) least.expected(utf8("a duration no longer than max"));
}

/** Milliseconds, at least 1; 0 with a report where none stand there. */
function readRequired(place: Place): f64 {
  return place.required() ? <f64>readMilliseconds(place, 0) : 0;
}
