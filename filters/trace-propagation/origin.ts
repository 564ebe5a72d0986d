import { incrementMetric } from "../../assembly/host/metrics";
import { monotonicTime } from "../../assembly/host/clock";
import { TraceContext } from "./context";
import { extract, foundInvalid } from "./extract";
import { beginTrace } from "./ids";
import { Recalled } from "./join/join";
import { Plan } from "./plan";

/** Where the context that a request goes on with is from. */
export const enum Origin {
  /** The request's own headers. */
  HEADERS,
  /** The request that caused it. */
  JOINED,
  /** It begins here. */
  ROOT,
}

/**
 * Finds the context that the current request goes on with, `plan.context`: its own, or that of the request which caused it, or a new
 * one. Gives where it is from.
 */
export function contextOf(plan: Plan, outbound: bool): Origin {
  const context = plan.context;
  const counters = plan.counters;
  if (extract(plan, context)) {
    incrementMetric(counters.extracted, 1);
    return Origin.HEADERS;
  }
  if (outbound && recall(plan, context)) return Origin.JOINED;
  incrementMetric(foundInvalid ? counters.restartedInvalid : counters.restartedAbsent, 1);
  beginTrace(context);
  return Origin.ROOT;
}

/** Whether the request that caused the current one is known. */
function recall(plan: Plan, context: TraceContext): bool {
  const join = plan.join;
  if (join == null) return false;
  const counters = plan.counters;
  const recalled = join.recall(context);
  if (recalled == Recalled.FOUND || recalled == Recalled.AMBIGUOUS) {
    incrementMetric(counters.joined, 1);
    if (recalled == Recalled.AMBIGUOUS) incrementMetric(counters.joinedAmbiguous, 1);
    return true;
  }
  if (recalled == Recalled.CONFLICTING) {
    incrementMetric(counters.joinMissedTorn, 1);
    return false;
  }
  const alone = plan.alone;
  if (alone != null && alone.recall(context, monotonicTime())) {
    incrementMetric(counters.joinedAlone, 1);
    return true;
  }
  incrementMetric(counters.joinMissed, 1);
  return false;
}
