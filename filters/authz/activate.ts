import { NO_METRIC } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { defineRuleCounter } from "./counters";
import { Plan } from "./plan";
import { PolicyRule } from "./policy";

/** How many rules have a counter each, the first in the order of their ids: Envoy keeps a counter for good. */
export const MAX_RULE_COUNTERS: u32 = 1000;

/** Defines the counters of a configuration that was accepted: Envoy keeps a counter for good. */
export function activate(plan: Plan): void {
  plan.counters.define();
  const scratch = Region.open();
  let count: u32 = 0;
  let rule = plan.rules;
  while (rule != null) {
    const named = changetype<PolicyRule>(rule);
    named.counter = count < MAX_RULE_COUNTERS ? defineRuleCounter(named, scratch) : NO_METRIC;
    count++;
    rule = rule.next;
  }
  scratch.close();
}
