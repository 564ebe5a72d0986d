import { later, laterEach } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { Fault } from "./fault";
import { Plan } from "./plan";

/** Writes to the host what belongs to a configuration that was accepted: its metrics, and the minute that its budget shares. */
export function activate(plan: Plan): void {
  plan.counters.define();
  laterEach<Fault>(plan.faults.first, defineCountersOf);
  later<Plan>(shareBudget, plan);
}

function defineCountersOf(fault: Fault): void {
  const scratch = Region.open();
  fault.counters.define(scratch, fault.name);
  scratch.close();
}

function shareBudget(plan: Plan): bool {
  const budget = plan.budget;
  if (budget != null) budget.share();
  return true;
}
