import { wallTime } from "../../assembly/host/clock";
import { NO_LIMIT, incrementMetric, reserveGauge } from "../../assembly/host/metrics";
import { Fault } from "./fault";
import { Plan } from "./plan";

/** Whether the time is right for a fault; not where the host does not tell the time. */
export function isTime(plan: Plan, fault: Fault): bool {
  const all = plan.window;
  const own = fault.window;
  if (all == null && own == null) return true;
  const now = wallTime();
  return (all == null || all.contains(now)) && (own == null || own.contains(now));
}

/**
 * Whether a fault that was drawn in time may happen: the request is not exempt, and neither `maxActiveFaults` nor `budget` is used
 * up. One that may is active, and spent, from then on. What the host does not tell stands against it.
 */
export function admit(plan: Plan): bool {
  const counters = plan.counters;
  if (plan.exempt.first() != null) {
    incrementMetric(counters.exempted, 1);
    return false;
  }
  // Envoy's own filter looks first and counts then, and may let more happen.
  if (!reserveGauge(counters.active, plan.limited ? plan.maxActiveFaults : NO_LIMIT)) {
    incrementMetric(counters.overflow, 1);
    return false;
  }
  const budget = plan.budget;
  if (budget != null && !budget.spend()) {
    incrementMetric(counters.active, -1);
    incrementMetric(counters.overBudget, 1);
    return false;
  }
  return true;
}
