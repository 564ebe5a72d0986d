import { RateLimiter } from "./rate-limiter";
import { isSampled, thresholdOf } from "./threshold";

/** What became of a trace. */
export const enum Chance {
  NO,
  /** Sampled with the probability. */
  KNOWN,
  /** Sampled, and nobody knows with which probability. */
  UNKNOWN,
  /** Not by the probability; the lower bound let it through. */
  LOWER_BOUND,
}

/** A probability with limits of traces a second, at most and at least. */
@unmanaged
export class Bounded {
  /** The probability, and its threshold. */
  probability: f64;
  threshold: u64;
  /** Of those that the probability samples; null for none. */
  limiter: RateLimiter | null;
  /** Of those that the probability does not sample; null for none. */
  lowerBound: RateLimiter | null;

  /** Sets the probability, from 0 to 1. */
  take(probability: f64): void {
    this.probability = probability;
    this.threshold = thresholdOf(probability);
  }

  /** Decides for a trace that begins at a time of the monotonic clock. */
  decide(randomness: u64, now: u64): Chance {
    if (isSampled(randomness, this.threshold)) {
      const limiter = this.limiter;
      if (limiter == null) return Chance.KNOWN;
      if (limiter.grant(now)) return limiter.ample ? Chance.KNOWN : Chance.UNKNOWN;
    }
    const lowerBound = this.lowerBound;
    return lowerBound != null && lowerBound.grant(now) ? Chance.LOWER_BOUND : Chance.NO;
  }
}
