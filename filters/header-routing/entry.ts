import { resetArena } from "../../assembly/host/arena";
import { HeaderMap, removeHeader, replaceHeader } from "../../assembly/host/headers";
import { sendLocalReply, NO_GRPC_STATUS } from "../../assembly/host/local-reply";
import { LogLevel, logs } from "../../assembly/host/log";
import { incrementMetric } from "../../assembly/host/metrics";
import { writeProperty } from "../../assembly/host/properties";
import { contextCreated, planOfNewRequest, rootIdOfNewRequest } from "../../assembly/host/roots";
import { Action } from "../../assembly/host/status";
import { keepForStream, takeFromStream } from "../../assembly/host/streams";
import { configure } from "../../assembly/plugin/configure";
import { isPresent, readRequestHeaders } from "../../assembly/request/request";
import { utf8 } from "../../assembly/text/text";
import { begin, routeOf } from "./decide";
import { logDecision } from "./log";
import { Destination, Plan } from "./plan";
import { HeaderOperations } from "./header-operations";
import { readPlan } from "./read-plan";
import { chooseDestination } from "./weights";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../../assembly/host/abi";

export function proxy_on_context_create(context: u32, parent: u32): void {
  resetArena();
  contextCreated(context, parent);
}

export function proxy_on_configure(root: u32, size: u32): u32 {
  resetArena();
  return configure(root, size, utf8("header-routing"), readPlan) ? 1 : 0;
}

export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  resetArena();
  const plan = changetype<Plan | null>(planOfNewRequest(context));
  if (plan == null) return refuse();
  begin(plan);
  if (!readRequestHeaders()) return withoutHeaders(plan);
  const route = routeOf(plan);
  const destination = route != null ? chooseDestination(route) : null;
  if (logs(LogLevel.DEBUG)) logDecision(route, destination);
  if (route == null) {
    incrementMetric(plan.noMatch, 1);
    clearSteering(plan);
    return Action.CONTINUE;
  }
  incrementMetric(route.counter, 1);
  if (plan.expose && route.name.length > 0) writeProperty(utf8("header-routing.route"), route.name);
  if (destination != null) steer(plan, context, destination);
  return Action.CONTINUE;
}

export function proxy_on_response_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const operations = changetype<HeaderOperations | null>(takeFromStream(context));
  if (operations != null) {
    resetArena();
    operations.apply(HeaderMap.RESPONSE_HEADERS);
  }
  return Action.CONTINUE;
}

/** Lets the request go where its destination says. */
function steer(plan: Plan, context: u32, destination: Destination): void {
  const request = destination.request;
  if (request != null) request.apply(HeaderMap.REQUEST_HEADERS);
  const value = destination.steering;
  if (value == null) clearSteering(plan);
  else replaceHeader(HeaderMap.REQUEST_HEADERS, plan.steeringHeader, value.start, value.length);
  const response = destination.response;
  if (response != null) keepForStream(context, rootIdOfNewRequest(context), changetype<usize>(response));
}

/** Takes the client's own steering header away, if it sent one: the header is the filter's alone. */
function clearSteering(plan: Plan): void {
  if (!plan.steersAuthority && isPresent(plan.steering)) removeHeader(HeaderMap.REQUEST_HEADERS, plan.steeringHeader);
}

/** Where the host does not hand over the headers nothing is decided, and no header that steers may stay. */
function withoutHeaders(plan: Plan): Action {
  incrementMetric(plan.noMatch, 1);
  if (!plan.steersAuthority) removeHeader(HeaderMap.REQUEST_HEADERS, plan.steeringHeader);
  return Action.CONTINUE;
}

/** A stream whose root has no configuration: the host never makes one, and nothing could be decided for it. */
function refuse(): Action {
  sendLocalReply(500, utf8("header_routing_not_configured"), utf8(""), NO_GRPC_STATUS);
  return Action.PAUSE;
}
