import { NO_METRIC } from "../../assembly/host/metrics";
import { SetRule } from "../../assembly/match/set-rule";
import { laterEach } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { defineRuleCounter } from "./counters";
import { Plan } from "./plan";
import { PolicyRule } from "./policy";

/** How many rules have a counter each, the first in the order of their ids: Envoy keeps a counter for good. */
export const MAX_RULE_COUNTERS: u32 = 1000;

/** Defines the counters of a configuration that was accepted. */
export function activate(plan: Plan): void {
  plan.counters.define();
  laterEach<SetRule>(plan.rules, defineCounterOf);
}

function defineCounterOf(rule: SetRule): void {
  const scratch = Region.open();
  const named = changetype<PolicyRule>(rule);
  named.counter = rule.number < MAX_RULE_COUNTERS ? defineRuleCounter(named, scratch) : NO_METRIC;
  scratch.close();
}
