import { OrderedIndex, Rule } from "../../assembly/match/ordered-index";
import { Sampling, TraceContext } from "./context";
import { NONE } from "./fraction";
import { OtMember } from "./ot-member";
import { isSampled, randomnessOf, thresholdOf } from "./sampling";

/** How often a trace that begins here is recorded: Telemetry's `randomSamplingPercentage`, with rules before it. */
@unmanaged
export class Sampler {
  /** Whose outcome is a share of 10,000. */
  rules: OrderedIndex;
  /** Of 10,000, where no rule matches. */
  otherwise: u32;

  /**
   * Decides for the current request's trace. Gives the threshold by which it is recorded, `NONE` where it is not (OpenTelemetry,
   * "TraceState: Probability Sampling").
   */
  decide(context: TraceContext, ot: OtMember): u64 {
    const rule = this.rules.first();
    const threshold = thresholdOf(rule == null ? this.otherwise : <u32>(<Rule>rule).outcome);
    const sampled = isSampled(randomnessOf(context.traceLow, ot), threshold);
    context.sampling = sampled ? Sampling.YES : Sampling.NO;
    return sampled ? threshold : NONE;
  }
}
