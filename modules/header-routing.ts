import { actionOf } from "../assembly/plugin/outcome";
import { closeStream, openStream } from "../assembly/plugin/frame";
import { Stream } from "../assembly/plugin/stream";
import { configure } from "../assembly/plugin/configure";
import { Action } from "../assembly/host/status";
import { utf8 } from "../assembly/text/text";
import { HeaderOperations } from "../filters/header-routing/header-operations";
import { activate, onRequestHeaders, onResponseHeaders, read, unconfigured } from "../filters/header-routing/filter";
import { Plan } from "../filters/header-routing/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  return configure<Plan>(root, size, utf8("header-routing"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStream<Plan>(context);
  if (plan == null) return actionOf(unconfigured());
  return actionOf(onRequestHeaders(plan, Stream.of<HeaderOperations>(context, 0)));
}

export function proxy_on_response_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const operations = closeStream<HeaderOperations>(context, 0);
  return operations == null ? Action.CONTINUE : actionOf(onResponseHeaders(operations));
}
