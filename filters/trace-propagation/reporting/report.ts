import { arenaTake } from "../../../assembly/memory/arena";
import { monotonicTime } from "../../../assembly/host/clock";
import { incrementMetric } from "../../../assembly/host/metrics";
import { openRequest, readRequestHeaders } from "../../../assembly/request/request";
import { describe } from "./describe";
import { Hop, releaseHop } from "./hop";
import { Ended } from "./outcome";
import { PARENT_IS_REMOTE, Span, SpanKind } from "./span";

/** Reports a request that is over, if it is sampled or kept; in `proxy_on_log`, where its headers are as they were sent on. */
export function report(hop: Hop): void {
  const now = monotonicTime();
  const duration = now > hop.begun ? now - hop.begun : 0;
  if (hop.candidates == 0) reportSpans(hop, Ended.read(hop.isGrpc), duration);
  else reportKept(hop, now, duration);
  releaseHop(hop);
}

/** Reports a request that is not sampled if a policy keeps it: the first that wants it and of which the limit allows it. */
function reportKept(hop: Hop, now: u64, duration: u64): void {
  let ended: Ended | null = null;
  let limited = false;
  let candidates = hop.candidates;
  let policy = hop.reporting.keep;
  while (policy != null) {
    if ((candidates & 1) != 0 && policy.wantsDuration(duration)) {
      if (ended == null) ended = Ended.read(hop.isGrpc);
      if (policy.wantsOutcome(ended, hop.kind)) {
        if (policy.grant(now)) {
          hop.kept = policy;
          return reportSpans(hop, ended, duration);
        }
        limited = true;
      }
    }
    candidates >>= 1;
    policy = policy.next;
  }
  if (limited) incrementMetric(hop.reporting.exporter.counters.keptLimited, 1);
}

function reportSpans(hop: Hop, ended: Ended, duration: u64): void {
  const reporting = hop.reporting;
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
  span.start = hop.start;
  span.end = hop.start + duration;
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
