import { SetIndex } from "../../assembly/match/set-index";
import { Plan } from "./plan";
import { PolicyRule, RuleSet } from "./policy";
import { Reason, Verdict, verdictFor } from "./verdict";

/**
 * The verdict of the plan's rules for the current request: AUDIT, then DENY, then ALLOW (AuthorizationPolicy, "action"). As
 * in Envoy, whose filter for ALLOW a refused request does not reach, the dry-run ALLOW policies then have no say.
 */
export function judge(plan: Plan): Verdict {
  const index = plan.index;
  index.look();
  const verdict = verdictFor(false, Reason.RULE);
  const denying = ruleOf(index, RuleSet.DENY);
  enforce(plan, verdict, denying, ruleOf(index, RuleSet.ALLOW));
  if (plan.observes) observe(plan, verdict, denying != null);
  return verdict;
}

function observe(plan: Plan, verdict: Verdict, denied: bool): void {
  const index = plan.index;
  verdict.audited = ruleOf(index, RuleSet.AUDIT);
  verdict.sawDryRunDeny = plan.has(RuleSet.DRY_RUN_DENY);
  verdict.dryRunDeny = ruleOf(index, RuleSet.DRY_RUN_DENY);
  if (denied) return;
  verdict.sawDryRunAllow = plan.has(RuleSet.DRY_RUN_ALLOW);
  verdict.dryRunAllow = ruleOf(index, RuleSet.DRY_RUN_ALLOW);
}

/** The same of the enforced rules alone, without the index, whose look-ups ask for what any rule asks for. */
export function judgeEnforced(plan: Plan, verdict: Verdict): void {
  const denying = firstOf(plan, RuleSet.DENY);
  enforce(plan, verdict, denying, denying == null ? firstOf(plan, RuleSet.ALLOW) : null);
}

function enforce(plan: Plan, verdict: Verdict, denying: PolicyRule | null, allowing: PolicyRule | null): void {
  verdict.rule = denying != null ? denying : allowing;
  verdict.allowed = denying == null && (allowing != null || !plan.has(RuleSet.ALLOW));
  verdict.reason = Reason.RULE;
  if (verdict.rule == null) verdict.reason = verdict.allowed ? Reason.NO_POLICY : Reason.NO_ALLOW_RULE;
}

function firstOf(plan: Plan, set: RuleSet): PolicyRule | null {
  let rule = plan.rules;
  while (rule != null && (rule.set != set || !rule.holds())) rule = rule.next;
  return changetype<PolicyRule | null>(rule);
}

function ruleOf(index: SetIndex, set: RuleSet): PolicyRule | null {
  return changetype<PolicyRule | null>(index.first(set));
}
