import { resetArena } from "../../assembly/host/arena";
import { restoreContext } from "../../assembly/host/contexts";
import { contextCreated, planOfNewRequest } from "../../assembly/host/roots";
import { Action } from "../../assembly/host/status";
import { configure } from "../../assembly/plugin/configure";
import { openRequest, readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { endHop, takeHop } from "./hop";
import { Plan } from "./plan";
import { passUnread, propagate } from "./propagate";
import { readPlan } from "./read-plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/host/abi";

export function proxy_on_context_create(context: u32, parent: u32): void {
  resetArena();
  contextCreated(context, parent);
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  resetArena();
  const accepted = configure(root, size, utf8("trace-propagation"), readPlan);
  restoreContext(root);
  return accepted ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  resetArena();
  const plan = changetype<Plan | null>(planOfNewRequest(context));
  if (plan == null) return Action.CONTINUE;
  openRequest(plan.slots);
  plan.source.use();
  if (readRequestHeaders()) propagate(plan, context);
  else passUnread(plan, context);
  return Action.CONTINUE;
}

/** Envoy calls it when a stream is over, also where the client has hung up, with the request's headers as they were sent on. */
export function proxy_on_log(context: u32): void {
  const hop = takeHop(context);
  if (hop == null) return;
  resetArena();
  endHop(hop);
}
