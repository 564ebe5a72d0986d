import { Action } from "../assembly/host/status";
import { configureInSteps } from "../assembly/plugin/configure";
import {
  closeStream,
  firstDue,
  isHeld,
  nextDue,
  openAnswer,
  openDone,
  openStreamWhenReady,
} from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { Stream } from "../assembly/plugin/stream";
import { whenForgotten } from "../assembly/plugin/streams";
import { utf8 } from "../assembly/text/text";
import {
  activate,
  forget,
  onAnswer,
  onDone,
  onEnd,
  onRequestHeaders,
  onTimer,
  read,
  unconfigured,
} from "../filters/trace-propagation/filter";
import { StreamState } from "../filters/trace-propagation/stream-state";
import { Errand } from "../filters/trace-propagation/errand";
import { Plan } from "../filters/trace-propagation/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  whenForgotten(0, forget);
  return configureInSteps<Plan>(root, size, utf8("trace-propagation"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan == null) return isHeld() ? Action.HOLD : actionOf(unconfigured());
  return actionOf(onRequestHeaders(plan, Stream.of<StreamState>(context, 0)));
}

export function proxy_on_tick(root: u32): void {
  let due = firstDue(root, proxy_on_request_headers);
  while (due != null) {
    onTimer(changetype<Errand>(due), root);
    due = nextDue();
  }
}

export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, bodySize: u32, _trailers: u32): void {
  const call = openAnswer(root, token);
  if (call != null) onAnswer(changetype<Errand>(call.word), headers, bodySize);
}

export function proxy_on_done(context: u32): u32 {
  const plan = openDone<Plan>(context);
  return plan == null || onDone(plan) ? 1 : 0;
}

/** Envoy calls it when a stream is over, also if the client has hung up, with the request's headers as they were sent on. */
export function proxy_on_log(context: u32): void {
  const state = closeStream<StreamState>(context, 0);
  if (state != null) onEnd(state);
}
