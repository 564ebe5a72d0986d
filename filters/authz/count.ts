import { incrementMetric } from "../../assembly/host/metrics";
import { Counters } from "./counters";
import { Plan } from "./plan";
import { PolicyRule } from "./policy";
import { Reason, Verdict } from "./verdict";

/** Counts a verdict, and each rule that had a part in it. */
export function count(plan: Plan, verdict: Verdict): void {
  const counters = plan.counters;
  incrementMetric(verdict.allowed ? counters.allowed : counters.denied, 1);
  countRule(verdict.rule);
  if (verdict.reason == Reason.UNSURE) incrementMetric(counters.unsure, 1);
  if (plan.observes) countObserved(counters, verdict);
}

/** Counts what the policies that only watch came to. */
function countObserved(counters: Counters, verdict: Verdict): void {
  if (verdict.audited != null) incrementMetric(counters.audited, 1);
  countRule(verdict.audited);
  if (verdict.sawDryRunDeny) {
    incrementMetric(verdict.dryRunDeny != null ? counters.dryRunDenyDenied : counters.dryRunDenyAllowed, 1);
    countRule(verdict.dryRunDeny);
  }
  if (verdict.sawDryRunAllow) {
    incrementMetric(verdict.dryRunAllow != null ? counters.dryRunAllowAllowed : counters.dryRunAllowDenied, 1);
    countRule(verdict.dryRunAllow);
  }
}

function countRule(rule: PolicyRule | null): void {
  if (rule != null) incrementMetric(rule.counter, 1);
}
