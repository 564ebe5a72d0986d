import { monotonicTime } from "../../assembly/host/clock";
import { incrementMetric } from "../../assembly/host/metrics";
import { Stream } from "../../assembly/plugin/stream";
import { firstOfEach } from "../../assembly/request/request";
import { TrafficDirection, isUnknown, mayBeInbound, trafficDirection } from "../../assembly/request/traffic-direction";
import { Value } from "../../assembly/request/value";
import { utf8 } from "../../assembly/text/text";
import { Sampling } from "./context";
import { w3cTells } from "./extract";
import { putHex } from "./formats/digits";
import { ExtractResult } from "./formats/extract-result";
import { readTraceparent } from "./formats/w3c";
import { newId } from "./ids";
import { StreamState, keepState } from "./stream-state";
import { inject, injectBaggage, injectTracestate } from "./inject";
import { Alone } from "./join/alone";
import { recalledTracestate, recalledTracestateLength } from "./join/join";
import { ListState } from "./lists/list-state";
import { Origin, contextOf } from "./origin";
import { OtMember } from "./lists/ot-member";
import { Plan } from "./plan";
import { inheritedThreshold, randomnessOf } from "./sampling/threshold";
import { decidedElsewhere } from "./sampling/sampler";
import { Hop, noteIds, openHop } from "./reporting/hop";
import { Tracestate } from "./lists/tracestate";

/** The value of the filter's own member of tracestate. */
const ownValue: usize = memory.data(16, 8);

/** Gives the current request the trace headers that it goes on with, and remembers its context for the requests that it causes. */
export function propagate(plan: Plan, stream: Stream<StreamState>): void {
  const direction = plan.join == null ? TrafficDirection.UNSPECIFIED : trafficDirection();
  const hop: Hop | null = letPass(plan) ? null : goOn(plan, stream, direction);
  keep(plan, stream, direction, hop);
}

/**
 * If the only trace header is one valid traceparent, and goes on as it came, counts the request and gives true. That comes to what `goOn`
 * does, in a fraction of the steps: most configurations are the default, and most requests are such.
 */
function letPass(plan: Plan): bool {
  if (!plan.passes || firstOfEach(plan.tracestate) != null || firstOfEach(plan.baggage) != null) return false;
  const value = firstOfEach(plan.traceparent);
  if (value == null || value.next != null) return false;
  if (readTraceparent(value.start, value.length, plan.context) != ExtractResult.FOUND) return false;
  incrementMetric(plan.counters.extracted, 1);
  return true;
}

/** Gives the request the context that it goes on with; gives its span, if one is to be reported. */
function goOn(plan: Plan, stream: Stream<StreamState>, direction: TrafficDirection): Hop | null {
  const join = plan.join;
  const origin = contextOf(plan, direction == TrafficDirection.OUTBOUND);
  const context = plan.context;
  const tracestate = tracestateOf(plan, origin);
  sample(plan, tracestate);
  let hop: Hop | null = null;
  if (plan.participates) {
    const parent = context.spanId;
    context.spanId = newId();
    const reporting = plan.reporting;
    if (reporting != null) {
      const isSampled = context.sampling >= Sampling.YES;
      const candidates = isSampled ? 0 : reporting.candidates();
      if (isSampled || candidates != 0) {
        hop = openHop(reporting, stream);
        if (hop != null) {
          hop.candidates = candidates;
          noteIds(hop, context, origin, parent);
        }
      }
    }
    const end = putHex(ownValue, context.spanId, 16);
    if (plan.writesW3c) tracestate.put(utf8("signalbox"), Value.of(ownValue, <u32>(end - ownValue)));
  }
  inject(plan, plan.participates || origin != Origin.HEADERS);
  const goesOn = plan.writesW3c ? injectTracestate(plan, tracestate) : null;
  if (plan.writesW3c) injectBaggage(plan);
  if (join != null) {
    if (direction == TrafficDirection.INBOUND) {
      join.remember(context, goesOn == null ? 0 : goesOn.start, goesOn == null ? 0 : goesOn.length);
    } else if (isUnknown(direction)) {
      join.markUnreliable();
    }
  }
  return hop;
}

/**
 * The host does not tell the current request's headers, and it goes on as it came. If it came in, it is in flight all the same, and
 * neither its keys nor its trace are known.
 */
export function passUnread(plan: Plan, stream: Stream<StreamState>): void {
  const join = plan.join;
  if (join == null || !mayBeInbound(trafficDirection())) return;
  join.markUnreliable();
  const alone = plan.alone;
  if (alone != null) keepState(stream).flight = alone.begin(null, monotonicTime());
}

/** Keeps of the request what must be known when it is over; of most requests that is nothing. */
function keep(plan: Plan, stream: Stream<StreamState>, direction: TrafficDirection, hop: Hop | null): void {
  const alone = plan.alone;
  const counts = alone != null && mayBeInbound(direction);
  const watches = plan.detection.watch();
  if (!counts && !watches && hop == null) return;
  const state = keepState(stream);
  if (counts) {
    const context = direction == TrafficDirection.INBOUND ? plan.context : null;
    state.flight = changetype<Alone>(alone).begin(context, monotonicTime());
  }
  if (watches) state.detection = plan.detection;
  state.hop = hop;
}

/**
 * Decides whether the trace is recorded, where nobody has, and has tracestate say by which threshold. Where this hop takes part, a
 * threshold that came and cannot be right goes.
 */
function sample(plan: Plan, tracestate: Tracestate): void {
  const context = plan.context;
  const decided = context.sampling != Sampling.UNDECIDED;
  if (decided) decidedElsewhere();
  if (decided && !plan.participates) return;
  const ot = OtMember.of(tracestate);
  const threshold = decided
    ? inheritedThreshold(ot, context.sampling >= Sampling.YES, randomnessOf(context.traceLow, ot))
    : plan.sampler.decide(context, ot);
  if (plan.writesW3c) ot.put(tracestate, threshold);
}

/**
 * The tracestate that belongs to the context: the request's own where traceparent tells that trace, else that of the request which
 * caused it, else none (W3C Trace Context §4.3: without a valid traceparent tracestate is not to be passed on).
 */
function tracestateOf(plan: Plan, origin: Origin): Tracestate {
  if (origin == Origin.HEADERS) return Tracestate.read(w3cTells ? firstOfEach(plan.tracestate) : null);
  const recalled = origin == Origin.JOINED && recalledTracestateLength > 0;
  const tracestate = Tracestate.read(recalled ? Value.of(recalledTracestate, recalledTracestateLength) : null);
  if (tracestate.count > 0) tracestate.state = ListState.ANEW;
  return tracestate;
}
