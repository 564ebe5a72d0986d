import { later } from "../../assembly/memory/agenda";
import { Region } from "../../assembly/memory/region";
import { defineLimits } from "./define-limits";
import { Group } from "./join/group";
import { Plan } from "./plan";

/** Writes to the host what belongs to a configuration that was accepted: its counters, and what is remembered in shared data. */
export function activate(plan: Plan): void {
  plan.counters.define();
  const reporting = plan.reporting;
  if (reporting != null) reporting.exporter.counters.define();
  defineLimits(plan);
  later<Plan>(share, plan);
}

/** Makes what is shared with other workers, and begins to ask Jaeger, once the metrics are defined that its answers count in. */
function share(plan: Plan): bool {
  const remote = plan.sampler.remote;
  if (remote != null) remote.activate();
  const join = plan.join;
  if (join == null) return true;
  const scratch = Region.open();
  join.slots.make(scratch);
  join.group = Group.of(join.group.name);
  const alone = plan.alone;
  if (alone != null) alone.shareIn(join.group);
  scratch.close();
  return true;
}
