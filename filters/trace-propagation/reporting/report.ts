import { arenaTake } from "../../../assembly/memory/arena";
import { monotonicTime } from "../../../assembly/host/clock";
import { firstOfEach, openRequest, readRequestHeaders } from "../../../assembly/request/request";
import { utf8 } from "../../../assembly/text/text";
import { describe } from "./describe";
import { Hop, releaseHop } from "./hop";
import { Ended } from "./outcome";
import { PARENT_IS_REMOTE, Span, SpanKind } from "./span";

/** Reports a request that is over; in `proxy_on_log`, where its headers are as they were sent on. */
export function report(hop: Hop): void {
  const reporting = hop.reporting;
  openRequest(reporting.slots);
  // A host that does not tell the headers leaves a span that says what is known without.
  readRequestHeaders();
  const contentType = firstOfEach(reporting.ended.contentType);
  const grpc = utf8("application/grpc");
  const isGrpc = contentType != null && contentType.length >= grpc.length && grpc.is(contentType.start, grpc.length);
  const ended = Ended.read(isGrpc);
  const span = changetype<Span>(arenaTake(offsetof<Span>()));
  span.traceHigh = hop.traceHigh;
  span.traceLow = hop.traceLow;
  span.id = hop.id;
  span.parent = hop.parent;
  span.kind = hop.kind;
  span.flags = hop.flags;
  span.start = hop.start;
  const now = monotonicTime();
  span.end = hop.start + (now > hop.begun ? now - hop.begun : 0);
  if (hop.kind == SpanKind.SERVER ? reporting.reportsServer : reporting.reportsClient) {
    describe(span, reporting, ended, hop.route, isGrpc);
    reporting.exporter.add(span);
  }
  if (hop.clientId != 0 && reporting.reportsClient) {
    span.id = hop.clientId;
    // Of a gateway that reports no SERVER spans the caller is the parent.
    span.parent = reporting.reportsServer ? hop.id : hop.parent;
    span.kind = SpanKind.CLIENT;
    if (reporting.reportsServer) span.flags &= ~PARENT_IS_REMOTE;
    describe(span, reporting, ended, hop.route, isGrpc);
    reporting.exporter.add(span);
  }
  releaseHop(hop);
}
