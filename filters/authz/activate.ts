import { NO_METRIC } from "../../assembly/host/metrics";
import { later } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { defineRuleCounter } from "./counters";
import { Plan } from "./plan";
import { PolicyRule } from "./policy";

/** How many rules have a counter each, the first in the order of their ids: Envoy keeps a counter for good. */
export const MAX_RULE_COUNTERS: u32 = 1000;

/** Defines the counters of a configuration that was accepted: Envoy keeps a counter for good. */
export function activate(plan: Plan): void {
  plan.counters.define();
  plan.uncounted = plan.rules;
  later<Plan>(defineNext, plan);
}

/** Defines the next rule's counter; true if there is no other rule. */
function defineNext(plan: Plan): bool {
  const rule = plan.uncounted;
  if (rule == null) return true;
  const scratch = Region.open();
  const named = changetype<PolicyRule>(rule);
  named.counter = plan.counted < MAX_RULE_COUNTERS ? defineRuleCounter(named, scratch) : NO_METRIC;
  scratch.close();
  plan.counted++;
  plan.uncounted = rule.next;
  return false;
}
