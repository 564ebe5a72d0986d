import { NONE } from "./fraction";
import { OtMember } from "./ot-member";

/** Shares are of so many: a percentage in steps of 0.01, as Telemetry's `randomSamplingPercentage` has it. */
const ALL: u64 = 10000;
const BITS: u32 = 56;
const BITS_A_DIGIT: u32 = 4;
/** Significant digits of a threshold that OpenTelemetry recommends. */
const PRECISION: u32 = 4;
const RANDOM_BITS: u64 = 0x00ffffffffffffff;

/**
 * The threshold, of 2^56, that randomness must reach in so many of 10,000 cases (OpenTelemetry, "TraceState: Probability
 * Sampling": "Converting floating-point probability to threshold value", here without floating point): 2^56 · (1 - share),
 * rounded to four hexadecimal digits behind those that are `f`, so that `th` says exactly what was decided by.
 *
 * 0 for all of them; `NONE` for none, which is no probability there.
 */
export function thresholdOf(share: u32): u64 {
  if (share == 0) return NONE;
  if (share >= ALL) return 0;
  const bits = digitsOf(share) * BITS_A_DIGIT;
  const rounded = (((ALL - share) << bits) + ALL / 2) / ALL;
  return rounded << (BITS - bits);
}

/** A digit more for each whole `f` that the threshold begins with: while the share is less than a 16th, that of a 16th, … */
function digitsOf(share: u32): u32 {
  let digits = PRECISION;
  for (let rest = share * 16; rest < <u32>ALL; rest *= 16) digits++;
  return digits;
}

/**
 * What a trace is sampled by, alike wherever that is decided: `rv`, else the lower 56 bits of the trace id, which are presumed
 * random, whatever its flag says (OpenTelemetry, "Presumption of TraceID randomness").
 */
export function randomnessOf(traceLow: u64, ot: OtMember): u64 {
  return ot.randomness != NONE ? ot.randomness : traceLow & RANDOM_BITS;
}

/** Whether randomness reaches a threshold ("Decision algorithm"). */
export function isSampled(randomness: u64, threshold: u64): bool {
  return randomness >= threshold;
}

/**
 * The threshold that goes on beside a decision that is taken over from the sender: its own, unless it was not sampled or not by
 * that threshold ("Tracestate handling requirements").
 */
export function inheritedThreshold(ot: OtMember, sampled: bool, randomness: u64): u64 {
  return sampled && isSampled(randomness, ot.threshold) ? ot.threshold : NONE;
}
