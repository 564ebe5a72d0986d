import { later } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { Plan } from "./plan";

/** Writes to the host what belongs to a configuration that was accepted: its metrics, and the minute that its budget shares. */
export function activate(plan: Plan): void {
  plan.counters.define();
  plan.uncounted = plan.faults.first;
  later<Plan>(defineNext, plan);
}

/** Defines the next fault's counters; true after the last, when the minute is shared too. */
function defineNext(plan: Plan): bool {
  const fault = plan.uncounted;
  if (fault == null) {
    const budget = plan.budget;
    if (budget != null) budget.share();
    return true;
  }
  const scratch = Region.open();
  fault.counters.define(scratch, fault.name);
  scratch.close();
  plan.uncounted = fault.next;
  return false;
}
