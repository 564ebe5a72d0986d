import { Action } from "../assembly/host/status";
import { configure } from "../assembly/plugin/configure";
import { closeStream, openStream } from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { Stream } from "../assembly/plugin/stream";
import { whenForgotten } from "../assembly/plugin/streams";
import { utf8 } from "../assembly/text/text";
import { activate, forget, onEnd, onRequestHeaders, read, unconfigured } from "../filters/trace-propagation/filter";
import { StreamState } from "../filters/trace-propagation/stream-state";
import { Plan } from "../filters/trace-propagation/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  whenForgotten(0, forget);
  return configure<Plan>(root, size, utf8("trace-propagation"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStream<Plan>(context);
  if (plan == null) return actionOf(unconfigured());
  return actionOf(onRequestHeaders(plan, Stream.of<StreamState>(context, 0)));
}

/** Envoy calls it when a stream is over, also if the client has hung up, with the request's headers as they were sent on. */
export function proxy_on_log(context: u32): void {
  const state = closeStream<StreamState>(context, 0);
  if (state != null) onEnd(state);
}
