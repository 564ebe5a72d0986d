import { Action } from "../assembly/host/status";
import { configureInSteps } from "../assembly/plugin/configure";
import {
  closeStream,
  firstDue,
  isHeld,
  nextDue,
  openAnswer,
  openDone,
  openResponse,
  openStreamWhenReady,
  resume,
  settle,
} from "../assembly/plugin/frame";
import { Outcome, actionOf } from "../assembly/plugin/outcome";
import { Stream } from "../assembly/plugin/stream";
import { keptStreams, whenForgotten } from "../assembly/plugin/streams";
import { actsNow, applyHeaderWrites } from "../assembly/request/header-writes";
import { utf8 } from "../assembly/text/text";
import { activate as activateAuthz, onRequestHeaders as authorize, unconfigured } from "../filters/authz/filter";
import { Call } from "../filters/circuit-breaking/call";
import {
  activate as activateCircuits,
  forget as forgetCall,
  onEnd as endCall,
  onRequestHeaders as breakCircuit,
  onResponseHeaders as judgeAnswer,
} from "../filters/circuit-breaking/filter";
import {
  activate as activateFaults,
  forget as forgetFault,
  onEnd as endFault,
  onRequestHeaders as injectFault,
  onResponseHeaders as showFault,
  onTimer as resumeFault,
} from "../filters/fault-injection/filter";
import { Injection } from "../filters/fault-injection/injection";
import {
  activate as activateRouting,
  onRequestHeaders as route,
  onResponseHeaders as changeResponse,
} from "../filters/header-routing/filter";
import { HeaderOperations } from "../filters/header-routing/header-operations";
import {
  activate as activateTraces,
  forget as forgetTraces,
  onEnd as endTraces,
  onAnswer as endErrand,
  onDone as endTracing,
  onRequestHeaders as propagate,
  onTimer as runErrand,
} from "../filters/trace-propagation/filter";
import { Errand } from "../filters/trace-propagation/errand";
import { StreamState } from "../filters/trace-propagation/stream-state";
import { Authz, Circuits, Faults, Plan, Routing, Section, Traces } from "./signalbox/plan";
import { read } from "./signalbox/read";

export { malloc, proxy_abi_version_0_2_1, proxy_on_memory_allocate } from "../assembly/host/abi";
export { proxy_on_context_create } from "../assembly/plugin/frame";

export function proxy_on_configure(root: u32, size: u32): u32 {
  whenForgotten(Section.TRACES, forgetTraces);
  whenForgotten(Section.CIRCUITS, forgetCall);
  whenForgotten(Section.FAULTS, forgetFault);
  return configureInSteps<Plan>(root, size, utf8("signalbox"), read, activate) ? 1 : 0;
}

/** A request comes to the sections in this order; one that is answered or held goes no further. */
export function proxy_on_request_headers(context: u32, _count: u32, _endOfStream: u32): Action {
  const plan = openStreamWhenReady<Plan>(context);
  if (plan == null) return isHeld() ? Action.HOLD : actionOf(unconfigured());
  const acting = plan.acting();
  if (acts(acting, Section.TRACES)) {
    actsNow(Section.TRACES);
    propagate(changetype<Traces>(plan.traces), Stream.of<StreamState>(context, Section.TRACES));
    applyHeaderWrites();
  }
  if (acts(acting, Section.AUTHZ)) {
    const outcome = authorize(changetype<Authz>(plan.authz));
    if (outcome != Outcome.CONTINUE) return end(context, Section.AUTHZ, outcome);
  }
  if (acts(acting, Section.ROUTING)) {
    actsNow(Section.ROUTING);
    route(changetype<Routing>(plan.routing), Stream.of<HeaderOperations>(context, Section.ROUTING));
    applyHeaderWrites();
  }
  if (acts(acting, Section.CIRCUITS)) {
    const outcome = breakCircuit(changetype<Circuits>(plan.circuits), Stream.of<Call>(context, Section.CIRCUITS));
    if (outcome != Outcome.CONTINUE) return end(context, Section.CIRCUITS, outcome);
  }
  if (acts(acting, Section.FAULTS)) {
    const outcome = injectFault(changetype<Faults>(plan.faults), Stream.of<Injection>(context, Section.FAULTS));
    if (outcome != Outcome.CONTINUE) return end(context, Section.FAULTS, outcome);
  }
  return Action.CONTINUE;
}

/** The action for a request that a section has answered or holds. */
function end(context: u32, section: Section, outcome: Outcome): Action {
  return actionOf(settle(context, section, outcome));
}

/** A response comes to the sections the other way, and only to those that its request had come to before it was answered. */
export function proxy_on_response_headers(context: u32, _count: u32, endOfStream: u32): Action {
  // One look in the place of one for each section.
  if (keptStreams() == 0) return Action.CONTINUE;
  const injection = openResponse<Injection>(context, Section.FAULTS);
  if (injection != null) {
    const outcome = settle(context, Section.FAULTS, showFault(injection));
    // Envoy sends a reply in the place of a response past all filters.
    if (outcome != Outcome.CONTINUE) return actionOf(outcome);
  }
  const call = openResponse<Call>(context, Section.CIRCUITS);
  if (call != null) judgeAnswer(call, endOfStream != 0);
  const operations = openResponse<HeaderOperations>(context, Section.ROUTING);
  return operations == null ? Action.CONTINUE : actionOf(changeResponse(operations));
}

export function proxy_on_tick(root: u32): void {
  let due = firstDue(root, proxy_on_request_headers);
  while (due != null) {
    if (due.owner == Section.FAULTS) resume(due, resumeFault(changetype<Injection>(due)));
    else runErrand(changetype<Errand>(due), root);
    due = nextDue();
  }
}

export function proxy_on_http_call_response(root: u32, token: u32, headers: u32, bodySize: u32, _trailers: u32): void {
  const call = openAnswer(root, token);
  if (call != null) endErrand(changetype<Errand>(call.word), headers, bodySize);
}

export function proxy_on_done(context: u32): u32 {
  const plan = openDone<Plan>(context);
  if (plan == null) return 1;
  const traces = plan.traces;
  return traces == null || endTracing(traces) ? 1 : 0;
}

/**
 * Envoy calls it once when a stream is over, also if the client has hung up, so that no stream is resumed that is gone, with the
 * request's headers as they were sent on. As each callback costs every request something, all sections end here, and
 * `proxy_on_delete`, which comes next, is not exported.
 */
export function proxy_on_log(context: u32): void {
  if (keptStreams() == 0) return;
  const state = closeStream<StreamState>(context, Section.TRACES);
  if (state != null) endTraces(state);
  closeStream<HeaderOperations>(context, Section.ROUTING);
  const call = closeStream<Call>(context, Section.CIRCUITS);
  if (call != null) endCall(call);
  const injection = closeStream<Injection>(context, Section.FAULTS);
  if (injection != null) endFault(injection);
}

function activate(plan: Plan): void {
  const traces = plan.traces;
  if (traces != null) activateTraces(traces);
  const authz = plan.authz;
  if (authz != null) activateAuthz(authz);
  const routing = plan.routing;
  if (routing != null) activateRouting(routing);
  const circuits = plan.circuits;
  if (circuits != null) activateCircuits(circuits);
  const faults = plan.faults;
  if (faults != null) activateFaults(faults);
}

/** Whether a section acts, which then has a plan. */
function acts(acting: u32, section: Section): bool {
  return (acting & (1 << section)) != 0;
}
