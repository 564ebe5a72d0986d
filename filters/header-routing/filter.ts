import { HeaderMap } from "../../assembly/host/headers";
import { LogLevel, logs } from "../../assembly/host/log";
import { incrementMetric } from "../../assembly/host/metrics";
import { writeProperty } from "../../assembly/host/properties";
import { Outcome } from "../../assembly/plugin/outcome";
import { Stream } from "../../assembly/plugin/stream";
import { dropHeader, setHeaderOf } from "../../assembly/request/header-writes";
import { isPresent, readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { routeOf } from "./decide";
import { logDecision } from "./log";
import { Destination, Plan } from "./plan";
import { HeaderOperations } from "./header-operations";
import { chooseDestination } from "./weights";

export { activate } from "./counters";
export { readPlan as read } from "./read-plan";

/** Without a configuration nothing is decided, and every request goes on. */
export function unconfigured(): Outcome {
  return Outcome.CONTINUE;
}

/** Chooses the request's route and says it in the steering header. */
export function onRequestHeaders(plan: Plan, stream: Stream<HeaderOperations>): Outcome {
  if (!readRequestHeaders()) return withoutHeaders(plan);
  const route = routeOf(plan);
  const destination = route != null ? chooseDestination(route) : null;
  if (logs(LogLevel.DEBUG)) logDecision(route, destination);
  if (route == null) {
    incrementMetric(plan.noMatch, 1);
    clearSteering(plan);
    return Outcome.CONTINUE;
  }
  incrementMetric(route.counter, 1);
  if (plan.expose && route.name.length > 0) writeProperty(utf8("header-routing.route"), route.name);
  if (destination != null) steer(plan, stream, destination);
  return Outcome.CONTINUE;
}

/** Changes the response's headers as the request's destination says. */
export function onResponseHeaders(operations: HeaderOperations): Outcome {
  operations.apply(HeaderMap.RESPONSE_HEADERS);
  return Outcome.CONTINUE;
}

/** Lets the request go where its destination says. */
function steer(plan: Plan, stream: Stream<HeaderOperations>, destination: Destination): void {
  const request = destination.request;
  if (request != null) request.apply(HeaderMap.REQUEST_HEADERS);
  const value = destination.steering;
  if (value == null) clearSteering(plan);
  else setHeaderOf(plan.steering, plan.steeringHeader, value.start, value.length);
  const response = destination.response;
  if (response != null) stream.keep(response);
}

/** Takes the client's own steering header away, if it sent one: the header is the filter's alone. */
function clearSteering(plan: Plan): void {
  if (!plan.steersAuthority && isPresent(plan.steering)) dropHeader(HeaderMap.REQUEST_HEADERS, plan.steeringHeader);
}

/** If the host does not hand over the headers, nothing is decided, and no header that steers may stay. */
function withoutHeaders(plan: Plan): Outcome {
  incrementMetric(plan.noMatch, 1);
  if (!plan.steersAuthority) dropHeader(HeaderMap.REQUEST_HEADERS, plan.steeringHeader);
  return Outcome.CONTINUE;
}
