import { DIGITS, NONE } from "../lists/fraction";
import { OtMember } from "../lists/ot-member";

const BITS_A_DIGIT: u32 = 4;
/** Significant digits of a threshold that OpenTelemetry recommends. */
const PRECISION: u32 = 4;
const RANDOM_BITS: u64 = 0x00ffffffffffffff;

/**
 * The threshold, of 2^56, that randomness must reach with a probability (OpenTelemetry, "TraceState: Probability Sampling": "Converting
 * floating-point probability to threshold value"): 2^56 · (1 - probability), rounded to four hexadecimal digits after those that are
 * `f`, so that `th` says exactly what was decided by.
 *
 * 0 for all of them; `NONE` for none, which is no probability there.
 */
export function thresholdOf(probability: f64): u64 {
  if (probability <= 0) return NONE;
  if (probability >= 1) return 0;
  const digits = digitsOf(probability);
  const rounded = <u64>floor((1 - probability) * <f64>((<u64>1) << (digits * BITS_A_DIGIT)) + 0.5);
  return rounded << ((DIGITS - digits) * BITS_A_DIGIT);
}

/** A digit more for each whole `f` that the threshold begins with: while the probability is less than a 16th, that of a 16th, … */
function digitsOf(probability: f64): u32 {
  let digits = PRECISION;
  for (let rest = probability * 16; rest < 1 && digits < DIGITS; rest *= 16) digits++;
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
