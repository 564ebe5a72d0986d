import { Region } from "../../assembly/memory/region";
import { Plan } from "./plan";

/** Writes to the host what belongs to a configuration that was accepted: its metrics, and the minute that its budget shares. */
export function activate(plan: Plan): void {
  plan.counters.define();
  const scratch = Region.open();
  let fault = plan.faults.first;
  while (fault != null) {
    fault.counters.define(scratch, fault.name);
    fault = fault.next;
  }
  scratch.close();
  const budget = plan.budget;
  if (budget != null) budget.share();
}
