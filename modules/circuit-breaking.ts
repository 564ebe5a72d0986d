import { Action } from "../assembly/host/status";
import { configureInSteps } from "../assembly/plugin/configure";
import { closeStream, firstDue, isHeld, openResponse, openStreamWhenReady, settle } from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { Stream } from "../assembly/plugin/stream";
import { whenForgotten } from "../assembly/plugin/streams";
import { utf8 } from "../assembly/text/text";
import { Call } from "../filters/circuit-breaking/call";
import {
  activate,
  forget,
  onEnd,
  onRequestHeaders,
  onResponseBodyEnd,
  onResponseHeaders,
  read,
  unconfigured,
} from "../filters/circuit-breaking/filter";
import { Plan } from "../filters/circuit-breaking/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  whenForgotten(0, forget);
  return configureInSteps<Plan>(root, size, utf8("circuit-breaking"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan == null) return isHeld() ? Action.HOLD : actionOf(unconfigured());
  return actionOf(settle(context, 0, onRequestHeaders(plan, Stream.of<Call>(context, 0))));
}

export function proxy_on_response_headers(context: u32, _count: u32, endOfStream: u32): Action {
  const call = openResponse<Call>(context, 0);
  return call == null ? Action.CONTINUE : actionOf(onResponseHeaders(call, endOfStream != 0));
}

/** Most of it is over at once: that a response goes on says nothing. */
export function proxy_on_response_body(context: u32, _size: u32, endOfStream: u32): Action {
  if (endOfStream == 0) return Action.CONTINUE;
  const call = openResponse<Call>(context, 0);
  if (call != null) onResponseBodyEnd(call);
  return Action.CONTINUE;
}

/** The filter itself waits for nothing: only requests that came before a large configuration was read may be due. */
export function proxy_on_tick(root: u32): void {
  firstDue(root, proxy_on_request_headers);
}

/** Envoy calls it when a stream is over, also if the client has hung up. */
export function proxy_on_log(context: u32): void {
  const call = closeStream<Call>(context, 0);
  if (call != null) onEnd(call);
}
