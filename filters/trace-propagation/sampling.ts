import { TraceContext } from "./context";

/** Thresholds and randomness have so many bits (OpenTelemetry, "TraceState: Probability Sampling"). */
const BITS: u64 = 56;
const MASK: u64 = (1 << BITS) - 1;
/** 10,000 is 16 times 625: so 2^52 / 625 is 2^56 / 10,000. */
const DIVISOR: u64 = 625;
const SCALED: u64 = 1 << 52;

/**
 * The threshold of a share of 10,000: 2^56 less that share of it, rounded up. It is exact: products of 128 bits are taken apart.
 */
export function thresholdOf(share: u32): u64 {
  const whole = <u64>share * (SCALED / DIVISOR);
  const rest = (<u64>share * (SCALED % DIVISOR)) / DIVISOR;
  return (1 << BITS) - (whole + rest);
}

/** The trace's randomness: the lower 56 bits of its id. */
export function randomnessOf(context: TraceContext): u64 {
  return context.traceLow & MASK;
}
