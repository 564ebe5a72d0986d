import { readDuration } from "../../../assembly/config/duration";
import { Place } from "../../../assembly/config/place";
import { Region } from "../../../assembly/memory/region";
import { NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { utf8 } from "../../../assembly/text/text";
import { Adaptive, BILLION } from "./adaptive";
import { MILLI, RateLimiter } from "./rate-limiter";
import { readRate, readSteps } from "./read-rate";

/**
 * Jaeger's defaults (`internal/sampling/samplingstrategy/adaptive/options.go`), but for the interval, which is a minute there. Rates are
 * in thousandths of a trace a second: one trace a minute is 17.
 */
const TARGET: f64 = 1000;
const LOWER_BOUND: f64 = 17;
const INTERVAL: i64 = 10 * <i64>NANOSECONDS_PER_SECOND;
/** Shares, in billionths. */
const TOLERANCE: f64 = 300_000_000;
const INITIAL: f64 = 1_000_000;
const LEAST: f64 = 10_000;

const SHORTEST_INTERVAL: i64 = <i64>NANOSECONDS_PER_SECOND;
const LONGEST_INTERVAL: i64 = 3600 * <i64>NANOSECONDS_PER_SECOND;
/** The limit is so many times the target. */
const ABOVE_TARGET: u64 = 2;

/** Reads `adaptive: {…}`, of which every field has a default. The place must be an object. */
export function readAdaptive(place: Place, region: Region): Adaptive {
  const adaptive = changetype<Adaptive>(region.take(offsetof<Adaptive>()));
  const target = readRate(place.field(utf8("targetSamplesPerSecond")), 1, TARGET);
  const interval = readInterval(place.field(utf8("calculationInterval")), INTERVAL);
  adaptive.target = <f64>target / <f64>MILLI;
  adaptive.interval = <u64>interval;
  adaptive.tolerance = readShare(place.field(utf8("deltaTolerance")), TOLERANCE);
  adaptive.probability = readShare(place.field(utf8("initialSamplingProbability")), INITIAL);
  adaptive.least = readShare(place.field(utf8("minSamplingProbability")), LEAST);
  // The target of an interval, or two traces, so that half of it is one.
  const ofInterval = <i64>((<f64>target * <f64>interval) / <f64>NANOSECONDS_PER_SECOND);
  adaptive.limiter = RateLimiter.saving(target * ABOVE_TARGET, max<i64>(ofInterval, 2 * MILLI), region);
  const lowerBound = readRate(place.field(utf8("minSamplesPerSecond")), 0, LOWER_BOUND);
  if (lowerBound != 0) adaptive.lowerBound = RateLimiter.open(lowerBound, region);
  place.noOtherFields();
  return adaptive;
}

/** How often something is done, in nanoseconds. */
export function readInterval(place: Place, otherwise: i64): i64 {
  const interval = readDuration(place, otherwise);
  if (interval >= SHORTEST_INTERVAL && interval <= LONGEST_INTERVAL) return interval;
  place.expected(utf8("a duration from 1s to 1h"));
  return otherwise;
}

/** A number above 0, up to 1. Thresholds have digits for far less, but the gauge of the probability counts in billionths. */
function readShare(place: Place, otherwise: f64): f64 {
  return readSteps(place, BILLION, 1, 1, otherwise, utf8("a number from 0.000000001 to 1")) / BILLION;
}
