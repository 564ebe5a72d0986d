import { Action } from "../assembly/host/status";
import { configureInSteps } from "../assembly/plugin/configure";
import { firstDue, isHeld, openStreamWhenReady } from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { utf8 } from "../assembly/text/text";
import { activate, onRequestHeaders, read, unconfigured } from "../filters/authz/filter";
import { Plan } from "../filters/authz/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  return configureInSteps<Plan>(root, size, utf8("authz"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan != null) return actionOf(onRequestHeaders(plan));
  return isHeld() ? Action.HOLD : actionOf(unconfigured());
}

/** The filter itself waits for nothing: only requests that came before a large configuration was read may be due. */
export function proxy_on_tick(root: u32): void {
  firstDue(root, proxy_on_request_headers);
}
