import { resetArena } from "../../assembly/host/arena";
import { contextCreated, planOfNewRequest } from "../../assembly/host/roots";
import { Action } from "../../assembly/host/status";
import { configure } from "../../assembly/plugin/configure";
import { utf8 } from "../../assembly/text/text";
import { count } from "./count";
import { decide } from "./decide";
import { deny, denyWith } from "./deny";
import { Plan } from "./plan";
import { readPlan } from "./read-plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/host/abi";

export function proxy_on_context_create(context: u32, parent: u32): void {
  resetArena();
  contextCreated(context, parent);
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  resetArena();
  return configure(root, size, utf8("authz"), readPlan) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  resetArena();
  const plan = changetype<Plan | null>(planOfNewRequest(context));
  // The host makes no stream for a root without a configuration; should one come, it is refused.
  if (plan == null) return denyWith(utf8("authz_not_configured"));
  const verdict = decide(plan);
  const explain = plan.explain;
  if (explain != null && explain.isAsked()) return explain.answer(verdict);
  count(plan.counters, verdict);
  const log = plan.log;
  if (log != null) log.record(verdict);
  return verdict.allowed ? Action.CONTINUE : deny(verdict);
}
