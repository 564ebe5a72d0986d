import { Action } from "../assembly/host/status";
import { configure } from "../assembly/plugin/configure";
import { openStream } from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { utf8 } from "../assembly/text/text";
import { activate, onRequestHeaders, read, unconfigured } from "../filters/authz/filter";
import { Plan } from "../filters/authz/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  return configure<Plan>(root, size, utf8("authz"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStream<Plan>(context);
  return actionOf(plan == null ? unconfigured() : onRequestHeaders(plan));
}
