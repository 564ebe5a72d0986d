import { LogLevel, logs } from "../../assembly/host/log";
import { incrementMetric } from "../../assembly/host/metrics";
import { sendLocalReplyWithHeaders } from "../../assembly/host/local-reply";
import { Status } from "../../assembly/host/status";
import { Outcome } from "../../assembly/plugin/outcome";
import { Stream } from "../../assembly/plugin/stream";
import { utf8 } from "../../assembly/text/text";
import { admit, isTime } from "./admit";
import { confirms } from "./decide";
import { drawnAbort, drawnDelay } from "./fault";
import { controlledAbort, controlledDelay, controlledGrpcStatus, controlledStatus } from "./header-control";
import { Injection, endInjection } from "./injection";
import { logFault } from "./log";
import { Plan, Route } from "./plan";

/** Injects what the request's own headers ask for, if anything came of them and it may happen. */
export function injectControlled(plan: Plan, stream: Stream<Injection>): Outcome {
  const control = plan.control;
  if (control == null || (controlledDelay == 0 && !controlledAbort)) return Outcome.CONTINUE;
  const fault = control.fault;
  if (!isTime(plan, fault) || !admit(plan)) return Outcome.CONTINUE;
  const injection = Injection.begin(stream, plan, fault);
  if (controlledAbort) injection.abort = fault.abort;
  injection.httpStatus = controlledStatus;
  injection.grpcStatus = controlledGrpcStatus;
  return inject(injection, controlledDelay, stream);
}

/** Injects the fault of the request's route, if one is drawn and it may happen. */
export function injectByRoute(plan: Plan, route: Route, stream: Stream<Injection>): Outcome {
  const fault = route.fault;
  if (fault == null || !fault.draw() || !isTime(plan, fault)) return Outcome.CONTINUE;
  if (!confirms(plan, route) || !admit(plan)) return Outcome.CONTINUE;
  const injection = Injection.begin(stream, plan, fault);
  const abort = fault.abort;
  if (abort != null && drawnAbort) {
    injection.abort = abort;
    injection.httpStatus = abort.httpStatus;
    injection.grpcStatus = abort.grpcStatus;
  }
  return inject(injection, drawnDelay, stream);
}

function inject(injection: Injection, delay: u32, stream: Stream<Injection>): Outcome {
  stream.keep(injection);
  if (logs(LogLevel.DEBUG)) logFault(injection, delay);
  const plan = injection.plan;
  if (delay > 0 && plan.timers.add(injection, delay)) {
    incrementMetric(plan.counters.delaysInjected, 1);
    incrementMetric(injection.fault.counters.delaysInjected, 1);
    return Outcome.HELD;
  }
  const abort = injection.abort;
  if (abort != null && abort.onResponse) return Outcome.CONTINUE;
  if (answer(injection)) return Outcome.ANSWERED;
  // The host lets neither come about: nothing befalls the request.
  stream.drop();
  endInjection(injection);
  return Outcome.CONTINUE;
}

/** Answers the effective context's request as the abort has it; false if the host does not take the answer. */
export function answer(injection: Injection): bool {
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
  const counters = injection.plan.counters;
  incrementMetric(counters.abortsInjected, 1);
  incrementMetric(injection.fault.counters.abortsInjected, 1);
  return true;
}
