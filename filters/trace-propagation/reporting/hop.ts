import { monotonicTime } from "../../../assembly/host/clock";
import { OrderedIndex, Rule } from "../../../assembly/match/ordered-index";
import { allocate } from "../../../assembly/memory/heap";
import { Stream } from "../../../assembly/plugin/stream";
import { firstOfEach } from "../../../assembly/request/request";
import {
  TrafficDirection,
  directionIsKnown,
  readDirection,
  trafficDirection,
} from "../../../assembly/request/traffic-direction";
import { Text } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";
import { spanIsNew } from "../extract";
import { newId } from "../ids";
import { Origin } from "../origin";
import { decidedBy } from "../sampling/sampler";
import { Strategy } from "../sampling/strategy";
import { isOwnAgent } from "../upstream";
import { KeepPolicy } from "./keep";
import { Ended } from "./outcome";
import { Reporting } from "./reporting";
import { isGrpc } from "./span-name";
import { PARENT_IS_KNOWN, PARENT_IS_REMOTE, SpanKind } from "./span";

/** What is kept of a request that has a span until it is over. Pooled. */
@unmanaged
export class Hop {
  reporting: Reporting;
  traceHigh: u64;
  traceLow: u64;
  /** The span's id, and its parent's; 0 for a root. */
  id: u64;
  parent: u64;
  /** At a gateway the id of the CLIENT span, which was sent on; 0 elsewhere. */
  clientId: u64;
  /** 0 until `settleKind`, if nothing depended on it when the request came. */
  kind: SpanKind;
  flags: u32;
  /** When it began and was over, by the clock that only goes on; 0 until that is asked. */
  begun: u64;
  over: u64;
  /** What sampled the trace, here, with its `type` and `param` as they were then; null if the decision came with the request. */
  strategy: Strategy | null;
  samplerType: Text;
  samplerParam: u64;
  /** Whether it is one of gRPC. */
  isGrpc: bool;
  /** Of a request that is not sampled, which policies of `keep` may keep it; and which one did. */
  candidates: u32;
  kept: KeepPolicy | null;
  /** What became of it; null until that is asked. */
  ended: Ended | null;
  /** The name of the operation that it asks for; null if none is known. */
  route: Text | null;
  next: Hop | null;
}

let free: Hop | null = null;

/**
 * Whether the current request, which is sampled or may be kept, has a span; gives what is kept of it, without ids. Null if it has none: its direction
 * has none (`match.mode`), a rule says so, or a filter sends it on its own account, so that reporting it would never end.
 */
export function openHop<T>(reporting: Reporting, stream: Stream<T>): Hop | null {
  const kind = kindOfRequest(reporting);
  if (kind == SpanKind.CLIENT && !reporting.reportsClient) return null;
  if (kind == SpanKind.SERVER && !reporting.reportsServer && !reporting.isGateway) return null;
  if (isOwn(reporting)) return null;
  const rules = reporting.rules;
  if (rules != null && outcomeOf(rules) != 0) return null;
  let hop = free;
  if (hop == null) hop = changetype<Hop>(allocate(offsetof<Hop>()));
  else free = hop.next;
  memory.fill(changetype<usize>(hop), 0, offsetof<Hop>());
  hop.reporting = reporting;
  hop.isGrpc = isGrpc(firstOfEach(reporting.contentType));
  hop.kind = kind;
  hop.begun = monotonicTime();
  const operations = reporting.operations;
  if (operations != null) hop.route = changetype<Text | null>(outcomeOf(operations));
  const exporter = reporting.exporter;
  exporter.root = stream.root;
  exporter.owner = stream.owner;
  return hop;
}

/** Which kind of span the current request has; 0 if both are reported and the host would have to be asked. */
function kindOfRequest(reporting: Reporting): SpanKind {
  if (reporting.isGateway) return SpanKind.SERVER;
  if (reporting.reportsServer && reporting.reportsClient && !directionIsKnown()) return <SpanKind>0;
  return kindOf(trafficDirection());
}

/** Asks the host for the kind, in `proxy_on_log`, if that was not known when the request came: most requests are never asked about. */
export function settleKind(hop: Hop): void {
  if (hop.kind == <SpanKind>0) hop.kind = kindOf(readDirection());
}

function kindOf(direction: TrafficDirection): SpanKind {
  return direction == TrafficDirection.OUTBOUND ? SpanKind.CLIENT : SpanKind.SERVER;
}

/** The hop is kept no longer. */
export function releaseHop(hop: Hop): void {
  hop.next = free;
  free = hop;
}

/**
 * Notes the trace that the request is of, what sampled it, its own id there, and its parent's where that is not one that was made up. At a gateway
 * it goes on with the id of the CLIENT span.
 */
export function noteIds(hop: Hop, context: TraceContext, origin: Origin, parent: u64): void {
  const reporting = hop.reporting;
  hop.id = context.spanId;
  if (reporting.isGateway && reporting.reportsClient) {
    hop.clientId = newId();
    context.spanId = hop.clientId;
  }
  const strategy = decidedBy;
  hop.strategy = strategy;
  if (strategy != null) {
    hop.samplerType = strategy.type;
    hop.samplerParam = strategy.param;
  }
  hop.traceHigh = context.traceHigh;
  hop.traceLow = context.traceLow;
  hop.parent = origin == Origin.ROOT || (origin == Origin.HEADERS && spanIsNew) ? 0 : parent;
  hop.flags =
    PARENT_IS_KNOWN |
    (origin == Origin.HEADERS && hop.parent != 0 ? PARENT_IS_REMOTE : 0) |
    (context.sampling >= Sampling.YES ? 1 : 0) |
    (context.random ? 2 : 0);
}

function outcomeOf(index: OrderedIndex): usize {
  const rule = index.first();
  return rule == null ? 0 : (<Rule>rule).outcome;
}

/** Whether the request carries spans, by its user agent or its path, or asks for strategies: neither is the workload's own work. */
function isOwn(reporting: Reporting): bool {
  const agent = firstOfEach(reporting.userAgent);
  if (agent != null && isOwnAgent(agent.start, agent.length)) return true;
  const path = firstOfEach(reporting.path);
  return path != null && reporting.exporter.collector.path.is(path.start, path.length);
}
