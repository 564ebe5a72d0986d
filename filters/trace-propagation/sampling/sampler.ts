import { OrderedIndex, Rule } from "../../../assembly/match/ordered-index";
import { TraceContext } from "../context";
import { OtMember } from "../lists/ot-member";
import { JaegerRemote } from "./jaeger-remote";
import { randomnessOf } from "./threshold";
import { Strategy } from "./strategy";

/** How often a trace that begins here is recorded: by the strategy of the first rule that matches, else by that of no rule. */
@unmanaged
export class Sampler {
  /** Whose outcome is a `Strategy`. */
  rules: OrderedIndex;
  /** If no rule matches. */
  otherwise: Strategy;
  /** The strategies that have metrics. */
  counting: Strategy | null;
  /** `jaegerRemote`; null without. */
  remote: JaegerRemote | null;

  /** Decides for the current request's trace; gives what `Strategy.decide` gives. */
  decide(context: TraceContext, ot: OtMember): u64 {
    const rule = this.rules.first();
    const strategy = rule == null ? this.otherwise : changetype<Strategy>((<Rule>rule).outcome);
    decidedBy = strategy;
    return strategy.decide(context, randomnessOf(context.traceLow, ot));
  }
}

/** What decided for the current request's trace; null if the decision came with it. */
export let decidedBy: Strategy | null = null;

/** The current request's trace was decided about elsewhere. */
export function decidedElsewhere(): void {
  decidedBy = null;
}
