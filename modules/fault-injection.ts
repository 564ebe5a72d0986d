import { Action } from "../assembly/host/status";
import { configureInSteps } from "../assembly/plugin/configure";
import {
  closeStream,
  firstDue,
  isHeld,
  nextDue,
  openResponse,
  openStreamWhenReady,
  resume,
  settle,
} from "../assembly/plugin/frame";
import { actionOf } from "../assembly/plugin/outcome";
import { Stream } from "../assembly/plugin/stream";
import { whenForgotten } from "../assembly/plugin/streams";
import { utf8 } from "../assembly/text/text";
import {
  activate,
  forget,
  onEnd,
  onRequestHeaders,
  onResponseHeaders,
  onTimer,
  read,
  unconfigured,
} from "../filters/fault-injection/filter";
import { Injection } from "../filters/fault-injection/injection";
import { Plan } from "../filters/fault-injection/plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  whenForgotten(0, forget);
  return configureInSteps<Plan>(root, size, utf8("fault-injection"), read, activate) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan == null) return isHeld() ? Action.HOLD : actionOf(unconfigured());
  return actionOf(settle(context, 0, onRequestHeaders(plan, Stream.of<Injection>(context, 0))));
}

export function proxy_on_response_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const injection = openResponse<Injection>(context, 0);
  return injection == null ? Action.CONTINUE : actionOf(settle(context, 0, onResponseHeaders(injection)));
}

export function proxy_on_tick(root: u32): void {
  let due = firstDue(root, proxy_on_request_headers);
  while (due != null) {
    resume(due, onTimer(changetype<Injection>(due)));
    due = nextDue();
  }
}

/** Envoy calls it as soon as a stream is over, also if the client has hung up: so no stream is resumed that is gone. */
export function proxy_on_delete(context: u32): void {
  const injection = closeStream<Injection>(context, 0);
  if (injection != null) onEnd(injection);
}
