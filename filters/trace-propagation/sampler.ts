import { OrderedIndex } from "../../assembly/match/ordered-index";
import { Sampling, TraceContext } from "./context";
import { randomnessOf, thresholdOf } from "./sampling";

/** How often a trace that begins here is recorded: Telemetry's `randomSamplingPercentage`, with rules before it. */
@unmanaged
export class Sampler {
  /** Whose outcome is a share of 10,000. */
  rules: OrderedIndex;
  /** Of 10,000, where no rule matches. */
  otherwise: u32;

  /** Decides for the current request's trace, and gives the threshold by which it did (OpenTelemetry, "TraceState: Probability Sampling"). */
  decide(context: TraceContext): u64 {
    const rule = this.rules.first();
    const share = rule == null ? this.otherwise : <u32>rule.outcome;
    const threshold = thresholdOf(share);
    context.sampling = randomnessOf(context) >= threshold ? Sampling.YES : Sampling.NO;
    return threshold;
  }
}
