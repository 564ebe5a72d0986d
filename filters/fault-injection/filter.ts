import { wallTime } from "../../assembly/host/clock";
import { isAlive } from "../../assembly/host/contexts";
import { HeaderMap, addHeader } from "../../assembly/host/headers";
import { continueRequest } from "../../assembly/host/held-streams";
import { Outcome } from "../../assembly/plugin/outcome";
import { Stream } from "../../assembly/plugin/stream";
import { readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { routeOf } from "./decide";
import { answer, injectByRoute, injectControlled } from "./inject";
import { Injection, endInjection } from "./injection";
import { Plan } from "./plan";

export { activate } from "./activate";
export { readPlan as read } from "./read-plan";

/** Without a configuration no fault is injected. */
export function unconfigured(): Outcome {
  return Outcome.CONTINUE;
}

/** Draws for the request, and injects the fault that comes of it. */
export function onRequestHeaders(plan: Plan, stream: Stream<Injection>): Outcome {
  const budget = plan.budget;
  if (budget != null) budget.seen(wallTime());
  const control = plan.control;
  if (plan.looksAtHeaders && !readRequestHeaders()) {
    if (control != null) control.removeAll(false);
    return Outcome.CONTINUE;
  }
  if (control != null && control.draw()) return injectControlled(plan, stream);
  const route = routeOf(plan);
  return route == null ? Outcome.CONTINUE : injectByRoute(plan, route, stream);
}

/** Replaces the response if that is the fault; else says in it which fault its request met. */
export function onResponseHeaders(injection: Injection): Outcome {
  const abort = injection.abort;
  if (injection.isHeld) {
    // Somebody else has answered, such as a timeout: what is held must neither go on nor be answered again.
    injection.plan.timers.remove(injection);
  } else if (abort != null && abort.onResponse) {
    return answer(injection) ? Outcome.ANSWERED : Outcome.CONTINUE;
  }
  const name = injection.fault.name;
  addHeader(HeaderMap.RESPONSE_HEADERS, utf8("x-fault-injected"), name.start, name.length);
  return Outcome.CONTINUE;
}

/** A request whose delay is over goes on, or is aborted. If no abort follows, its fault is over with the delay. */
export function onTimer(injection: Injection): Outcome {
  const abort = injection.abort;
  const abortsLater = abort != null && abort.onResponse;
  if (abort != null && !abortsLater && answer(injection)) return Outcome.ANSWERED;
  if (!abortsLater) injection.deactivate();
  return Outcome.CONTINUE;
}

/** The stream is over. */
export function onEnd(injection: Injection): void {
  endInjection(injection);
}

/** A configuration goes while one of its requests is held, which then goes on at once. Envoy lets none go before its streams. */
export function forget(word: usize): void {
  const injection = changetype<Injection>(word);
  const held = injection.isHeld;
  endInjection(injection);
  if (held && isAlive(injection.stream)) continueRequest();
}
