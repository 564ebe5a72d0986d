import { arenaTake } from "../../../assembly/memory/arena";
import { monotonicTime, wallTimeAt } from "../../../assembly/host/clock";
import { incrementMetric } from "../../../assembly/host/metrics";
import { openRequest, readRequestHeaders } from "../../../assembly/request/request";
import { describe } from "./describe";
import { Hop, releaseHop, settleKind } from "./hop";
import { KeepPolicy } from "./keep";
import { Ended } from "./outcome";
import { PARENT_IS_REMOTE, Span, SpanKind } from "./span";

/** Reports a request that is over, if it is sampled or kept; in `proxy_on_log`, where its headers are as they were sent on. */
export function report(hop: Hop): void {
  if (hop.candidates == 0) reportSpans(hop);
  else reportKept(hop);
  releaseHop(hop);
}

/**
 * Reports a request that is not sampled if a policy keeps it: the first that wants it and of which the limit allows it. As most requests
 * are not kept, the host is asked for nothing before a policy depends on it.
 */
function reportKept(hop: Hop): void {
  let limited = false;
  let candidates = hop.candidates;
  let policy = hop.reporting.keep;
  while (policy != null) {
    if ((candidates & 1) != 0 && wants(policy, hop)) {
      if (policy.grant(endOf(hop))) {
        hop.kept = policy;
        return reportSpans(hop);
      }
      limited = true;
    }
    candidates >>= 1;
    policy = policy.next;
  }
  if (limited) incrementMetric(hop.reporting.exporter.counters.keptLimited, 1);
}

function wants(policy: KeepPolicy, hop: Hop): bool {
  if (policy.least > 0 && !policy.wantsDuration(durationOf(hop))) return false;
  return !policy.wantsError || hasFailed(hop);
}

/** Whether its span is an error. */
function hasFailed(hop: Hop): bool {
  const ended = endedOf(hop);
  if (ended.dependsOnKind) settleKind(hop);
  return ended.error(hop.kind) != null;
}

function endedOf(hop: Hop): Ended {
  let ended = hop.ended;
  if (ended == null) {
    ended = Ended.read(hop.isGrpc);
    hop.ended = ended;
  }
  return ended;
}

/** When it was over, by the clock that only goes on. */
function endOf(hop: Hop): u64 {
  if (hop.over == 0) hop.over = monotonicTime();
  return hop.over;
}

function durationOf(hop: Hop): u64 {
  const end = endOf(hop);
  return end > hop.begun ? end - hop.begun : 0;
}

function reportSpans(hop: Hop): void {
  const reporting = hop.reporting;
  const ended = endedOf(hop);
  settleKind(hop);
  openRequest(reporting.slots);
  // A host that does not tell the headers leaves a span that says what is known without.
  readRequestHeaders();
  const span = changetype<Span>(arenaTake(offsetof<Span>()));
  span.traceHigh = hop.traceHigh;
  span.traceLow = hop.traceLow;
  span.id = hop.id;
  span.parent = hop.parent;
  span.kind = hop.kind;
  span.flags = hop.flags;
  const duration = durationOf(hop);
  span.end = max(wallTimeAt(hop.over), duration);
  span.start = span.end - duration;
  if (hop.kind == SpanKind.SERVER ? reporting.reportsServer : reporting.reportsClient) {
    describe(span, hop, ended);
    reporting.exporter.add(span);
  }
  if (hop.clientId != 0 && reporting.reportsClient) {
    span.id = hop.clientId;
    // Of a gateway that reports no SERVER spans the caller is the parent.
    span.parent = reporting.reportsServer ? hop.id : hop.parent;
    span.kind = SpanKind.CLIENT;
    if (reporting.reportsServer) span.flags &= ~PARENT_IS_REMOTE;
    describe(span, hop, ended);
    reporting.exporter.add(span);
  }
}
