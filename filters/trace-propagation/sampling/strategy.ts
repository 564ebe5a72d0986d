import { monotonicTime } from "../../../assembly/host/clock";
import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { Adaptive } from "./adaptive";
import { Bounded, Chance } from "./bounded";
import { Sampling, TraceContext } from "../context";
import { NONE } from "../lists/fraction";
import { RateLimiter } from "./rate-limiter";
import { RemoteStrategies } from "./remote-strategies";
import { isSampled, thresholdOf } from "./threshold";

/** By what the traces of a rule are sampled, or those of no rule. */
@unmanaged
export class Strategy {
  /**
   * Of the trace that it decided for last, what the tags `sampler.type` and `sampler.param` say: the kind of sampler, as Jaeger's clients
   * name it; and the probability, or the traces a second, in millionths.
   */
  type: Text;
  param: u64;
  /** The threshold of a fixed probability. */
  private threshold: u64;
  private limiter: RateLimiter | null;
  private adaptive: Adaptive | null;
  private remote: RemoteStrategies | null;
  /** The rule's name, or its number. */
  name: Text;
  /** The next one that has metrics. */
  next: Strategy | null;

  /** `randomSamplingPercentage` as a probability of 0 to 1. */
  static probabilistic(probability: f64, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.type = utf8("probabilistic");
    strategy.param = millionths(probability);
    strategy.threshold = thresholdOf(probability);
    return strategy;
  }

  /** `rateLimiting`, in thousandths of a trace a second. */
  static rateLimiting(rate: u64, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.type = utf8("ratelimiting");
    strategy.param = rate * 1000;
    strategy.limiter = RateLimiter.open(rate, region);
    return strategy;
  }

  /** `adaptive`. */
  static adapting(adaptive: Adaptive, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.adaptive = adaptive;
    return strategy;
  }

  /** `jaegerRemote`. */
  static following(remote: RemoteStrategies, name: Text, region: Region): Strategy {
    const strategy = Strategy.open(name, region);
    strategy.remote = remote;
    return strategy;
  }

  private static open(name: Text, region: Region): Strategy {
    const strategy = changetype<Strategy>(region.take(offsetof<Strategy>()));
    strategy.name = name;
    return strategy;
  }

  /** Whether it has metrics to define. */
  get counts(): bool {
    return this.limiter != null || this.adaptive != null || this.remote != null;
  }

  /** Defines its metrics, `<prefix><what>`; `counted` says whether the host keeps what they count. */
  define(prefix: Text, counted: bool, scratch: Region): void {
    const limiter = this.limiter;
    if (limiter != null) limiter.define(prefix, counted, scratch);
    const adaptive = this.adaptive;
    if (adaptive != null) adaptive.define(prefix, counted, scratch);
    const remote = this.remote;
    if (remote != null) remote.define(prefix, counted);
  }

  /**
   * Decides for a trace. Gives the threshold by which it is sampled; `NONE` if it is not, or if nobody knows with which probability it
   * was (OpenTelemetry, "TraceState: Probability Sampling").
   */
  decide(context: TraceContext, randomness: u64): u64 {
    let threshold = this.threshold;
    let sampled: bool;
    let limiter = this.limiter;
    const adaptive = this.adaptive;
    let bounded: Bounded | null = adaptive;
    const remote = this.remote;
    if (remote != null) {
      bounded = remote.current();
      if (remote.isLimit) {
        limiter = bounded.limiter;
        bounded = null;
        this.type = utf8("ratelimiting");
        this.param = remote.limit * 1000;
      }
    }
    if (bounded != null) {
      const now = monotonicTime();
      if (adaptive != null) adaptive.arrive(now);
      const chance = bounded.decide(randomness, now);
      sampled = chance != Chance.NO;
      threshold = chance == Chance.KNOWN ? bounded.threshold : NONE;
      this.type = chance == Chance.LOWER_BOUND ? utf8("lowerbound") : utf8("probabilistic");
      this.param = millionths(bounded.probability);
    } else if (limiter != null) {
      sampled = limiter.grant(monotonicTime());
      threshold = NONE;
    } else {
      sampled = isSampled(randomness, threshold);
    }
    context.sampling = sampled ? Sampling.YES : Sampling.NO;
    return sampled ? threshold : NONE;
  }
}

function millionths(probability: f64): u64 {
  return <u64>(probability * 1_000_000 + 0.5);
}
