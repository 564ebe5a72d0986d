import { resetArena } from "../../assembly/host/arena";
import { wallTime } from "../../assembly/host/clock";
import { isAlive, restoreContext } from "../../assembly/host/contexts";
import { HeaderMap, addHeader } from "../../assembly/host/headers";
import { continueRequest } from "../../assembly/host/held-streams";
import { sendLocalReplyWithHeaders } from "../../assembly/host/local-reply";
import { LogLevel, logs } from "../../assembly/host/log";
import { incrementMetric } from "../../assembly/host/metrics";
import { contextCreated, planOfNewRequest, planOfRoot, rootIdOfNewRequest } from "../../assembly/host/roots";
import { Action, Status } from "../../assembly/host/status";
import { keepForStream, keptForStream, takeFromStream, whenForgotten } from "../../assembly/host/streams";
import { configure } from "../../assembly/plugin/configure";
import { readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { admit, isTime } from "./admit";
import { begin, confirms, routeOf } from "./decide";
import { drawnAbort, drawnDelay } from "./fault";
import { controlledAbort, controlledDelay, controlledGrpcStatus, controlledStatus } from "./header-control";
import { hold, resumeDue } from "./hold";
import { Injection, endInjection } from "./injection";
import { logFault } from "./log";
import { Plan, Route } from "./plan";
import { readPlan } from "./read-plan";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/host/abi";

export function proxy_on_context_create(context: u32, parent: u32): void {
  resetArena();
  contextCreated(context, parent);
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  resetArena();
  whenForgotten(release);
  const accepted = configure(root, size, utf8("fault-injection"), readPlan);
  restoreContext(root);
  return accepted ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  resetArena();
  const plan = changetype<Plan | null>(planOfNewRequest(context));
  if (plan == null) return Action.CONTINUE;
  begin(plan);
  const budget = plan.budget;
  if (budget != null) budget.seen(wallTime());
  const control = plan.control;
  if (plan.looksAtHeaders && !readRequestHeaders()) {
    if (control != null) control.removeAll(false);
    return Action.CONTINUE;
  }
  if (control != null && control.draw()) return injectControlled(plan, context);
  const route = routeOf(plan);
  return route == null ? Action.CONTINUE : injectByRoute(plan, context, route);
}

export function proxy_on_response_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const injection = changetype<Injection | null>(keptForStream(context));
  if (injection == null || injection.answered) return Action.CONTINUE;
  resetArena();
  const abort = injection.abort;
  if (injection.isHeld) {
    // Somebody else has answered, such as a timeout: what is held must neither go on nor be answered again.
    injection.plan.held.remove(injection);
  } else if (abort != null && abort.onResponse) {
    return answer(injection) ? Action.PAUSE : Action.CONTINUE;
  }
  const name = injection.fault.name;
  addHeader(HeaderMap.RESPONSE_HEADERS, utf8("x-fault-injected"), name.start, name.length);
  return Action.CONTINUE;
}

export function proxy_on_tick(root: u32): void {
  resetArena();
  const plan = changetype<Plan | null>(planOfRoot(root));
  if (plan != null) resumeDue(root, plan, resume);
}

/** Envoy calls it as soon as a stream is over, also where the client has hung up: so no stream is resumed that is gone. */
export function proxy_on_delete(context: u32): void {
  resetArena();
  const injection = changetype<Injection | null>(takeFromStream(context));
  if (injection != null) endInjection(injection);
}

function injectControlled(plan: Plan, context: u32): Action {
  const control = plan.control;
  if (control == null || (controlledDelay == 0 && !controlledAbort)) return Action.CONTINUE;
  const fault = control.fault;
  if (!isTime(plan, fault) || !admit(plan)) return Action.CONTINUE;
  const injection = Injection.begin(context, plan, fault);
  if (controlledAbort) injection.abort = fault.abort;
  injection.httpStatus = controlledStatus;
  injection.grpcStatus = controlledGrpcStatus;
  return inject(plan, injection, controlledDelay);
}

function injectByRoute(plan: Plan, context: u32, route: Route): Action {
  const fault = route.fault;
  if (fault == null || !fault.draw() || !isTime(plan, fault)) return Action.CONTINUE;
  if (!confirms(plan, route) || !admit(plan)) return Action.CONTINUE;
  const injection = Injection.begin(context, plan, fault);
  const abort = fault.abort;
  if (abort != null && drawnAbort) {
    injection.abort = abort;
    injection.httpStatus = abort.httpStatus;
    injection.grpcStatus = abort.grpcStatus;
  }
  return inject(plan, injection, drawnDelay);
}

function inject(plan: Plan, injection: Injection, delay: u32): Action {
  const context = injection.stream;
  keepForStream(context, rootIdOfNewRequest(context), changetype<usize>(injection));
  if (logs(LogLevel.DEBUG)) logFault(injection, delay);
  if (delay > 0 && hold(plan, injection, delay)) {
    incrementMetric(plan.counters.delaysInjected, 1);
    incrementMetric(injection.fault.counters.delaysInjected, 1);
    return Action.HOLD;
  }
  const abort = injection.abort;
  if (abort != null && abort.onResponse) return Action.CONTINUE;
  if (answer(injection)) return Action.HOLD;
  // The host lets neither come about: nothing befalls the request.
  takeFromStream(context);
  endInjection(injection);
  return Action.CONTINUE;
}

/** A request whose delay is over goes on, or is aborted. If no abort follows, its fault is over with the delay. */
function resume(injection: Injection): void {
  const abort = injection.abort;
  const abortsLater = abort != null && abort.onResponse;
  if (abort != null && !abortsLater && answer(injection)) return;
  if (!abortsLater) injection.deactivate();
  continueRequest();
}

/** Answers the effective context's request as the abort has it; false where the host does not take the answer. */
function answer(injection: Injection): bool {
  const abort = injection.abort;
  if (abort == null) return false;
  const status = sendLocalReplyWithHeaders(
    injection.httpStatus,
    utf8("fault_filter_abort"),
    abort.body,
    abort.headers,
    injection.grpcStatus,
  );
  if (status != Status.OK) return false;
  injection.answered = true;
  const counters = injection.plan.counters;
  incrementMetric(counters.abortsInjected, 1);
  incrementMetric(injection.fault.counters.abortsInjected, 1);
  return true;
}

/** A configuration goes while one of its requests is held, which then goes on at once. Envoy lets none go before its streams. */
function release(value: usize): void {
  const injection = changetype<Injection>(value);
  const held = injection.isHeld;
  endInjection(injection);
  if (held && isAlive(injection.stream)) continueRequest();
}
