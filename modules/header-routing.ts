import { actionOf } from "../assembly/plugin/outcome";
import { closeStream, firstDue, isHeld, openStreamWhenReady } from "../assembly/plugin/frame";
import { Stream } from "../assembly/plugin/stream";
import { configureInSteps } from "../assembly/plugin/configure";
import { Action } from "../assembly/host/status";
import { utf8 } from "../assembly/text/text";
import { HeaderOperations } from "../filters/header-routing/header-operations";
import { activate, onRequestHeaders, onResponseHeaders, read, unconfigured } from "../filters/header-routing/filter";
import { Plan } from "../filters/header-routing/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  return configureInSteps<Plan>(root, size, utf8("header-routing"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan == null) return isHeld() ? Action.HOLD : actionOf(unconfigured());
  return actionOf(onRequestHeaders(plan, Stream.of<HeaderOperations>(context, 0)));
}

export function proxy_on_response_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const operations = closeStream<HeaderOperations>(context, 0);
  return operations == null ? Action.CONTINUE : actionOf(onResponseHeaders(operations));
}

/** The filter itself waits for nothing: only requests that came before a large configuration was read may be due. */
export function proxy_on_tick(root: u32): void {
  firstDue(root, proxy_on_request_headers);
}
