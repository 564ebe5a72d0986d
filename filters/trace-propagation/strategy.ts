import { Region } from "../../assembly/memory/region";
import { Text } from "../../assembly/text/text";
import { Sampling, TraceContext } from "./context";
import { NONE } from "./fraction";
import { RateLimiter } from "./rate-limiter";
import { isSampled, thresholdOf } from "./sampling";

/** By what the traces of a rule are sampled, or those of no rule. */
@unmanaged
export class Strategy {
  /** The threshold of a probability. */
  private threshold: u64;
  private limiter: RateLimiter | null;
  /** The rule's name, or its number. */
  name: Text;
  /** The next one that has metrics. */
  next: Strategy | null;

  /** `randomSamplingPercentage` as a probability of 0 to 1. */
  static probabilistic(probability: f64, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.threshold = thresholdOf(probability);
    return strategy;
  }

  /** `rateLimiting`, in thousandths of a trace a second. */
  static rateLimiting(rate: u64, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.limiter = RateLimiter.open(rate, region);
    return strategy;
  }

  private static open(name: Text, region: Region): Strategy {
    const strategy = changetype<Strategy>(region.take(offsetof<Strategy>()));
    strategy.name = name;
    return strategy;
  }

  /** Whether it has metrics to define. */
  get counts(): bool {
    return this.limiter != null;
  }

  /** Defines its metrics, `<prefix><what>`; `counted` says whether the host keeps what they count. */
  define(prefix: Text, counted: bool, scratch: Region): void {
    const limiter = this.limiter;
    if (limiter != null) limiter.define(prefix, counted, scratch);
  }

  /**
   * Decides for a trace. Gives the threshold by which it is sampled; `NONE` if it is not, or if nobody knows with which probability it
   * was (OpenTelemetry, "TraceState: Probability Sampling").
   */
  decide(context: TraceContext, randomness: u64): u64 {
    const limiter = this.limiter;
    const sampled = limiter == null ? isSampled(randomness, this.threshold) : limiter.grant();
    context.sampling = sampled ? Sampling.YES : Sampling.NO;
    return sampled && limiter == null ? this.threshold : NONE;
  }
}
