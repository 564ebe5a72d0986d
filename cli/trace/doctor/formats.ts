/** `two-formats`: one of the two reads headers that the other does not write. */
import { evidenceOf, type Confidence, type Finding } from "./finding.ts";
import { appOf, podOf, targetOf, type Hop } from "./hop.ts";
import { byService, traceCount } from "./ids.ts";
import { serving } from "./in-flight.ts";
import { groupBy, isTop, type Traces } from "./traces.ts";

/** What was found, and the spans of which it says why they begin a trace. */
export interface Explained {
  readonly findings: Finding[];
  readonly explained: Hop[];
}

/** Applications with a tracer of their own, and callees whose proxy reads other headers than the caller's writes. */
export function twoFormats(traces: Traces): Explained {
  const application = ownTraces(traces);
  const callee = unreadCalls(traces);
  return {
    findings: [...application.findings, ...callee.findings],
    explained: [...application.explained, ...callee.explained],
  };
}

/** Below this share of an application's spans, those that begin a trace have lost their parent. */
const OFTEN = 0.2;

/** Spans of an application that begin a trace while its proxy serves a request in another. */
function ownTraces(traces: Traces): Explained {
  const findings: Finding[] = [];
  const explained: Hop[] = [];
  const own = traces.sampled.filter(({ proxy, span }) => proxy === "none" && span.kind !== "CLIENT");
  const requests = traces.sampled.filter(({ proxy, span }) => proxy === "sidecar" && span.kind === "SERVER");
  const byName = groupBy(requests, ({ service }) => service);
  const byApp = groupBy(requests, ({ service }) => appOf(service));
  const alone = groupBy(own.filter(isTop), ({ service }) => service);
  for (const [name, those] of groupBy(own, ({ service }) => service)) {
    // An application calls itself reviews where its proxy says reviews.default.
    const served = byName.get(name) ?? byApp.get(name) ?? [];
    const begun = alone.get(name) ?? [];
    if (served.length === 0 || begun.length < those.length * OFTEN) continue;
    const atPod = groupBy(served, podOf);
    const held = [...groupBy(begun, podOf)].flatMap(([pod, spans]) =>
      [...serving(spans, atPod.get(pod) ?? served)].filter(([, holding]) => holding.length > 0),
    );
    const [first] = held;
    if (first === undefined || held.length * 2 < begun.length) continue;
    const service = (first[1][0] as Hop).service;
    const single = held.filter(([, holding]) => holding.length === 1).length;
    findings.push({
      id: "two-formats",
      service,
      confidence: single * 2 >= held.length ? "likely" : "hint",
      count: held.length,
      of: served.length,
      evidence: evidenceOf(held.slice(0, 2).flatMap(([span, [request]]) => [span, request as Hop])),
      says: "its application's own spans are in another trace than its proxy's",
      remedy: REMEDY,
    });
    // Its calls begin traces because its proxy does not read what the application writes.
    explained.push(...(traces.byService.get(service) ?? []).filter((hop) => hop.span.kind === "CLIENT" && isTop(hop)));
  }
  return { findings, explained };
}

/** SERVER spans that begin a trace, of a request that a caller sent in another one. */
function unreadCalls(traces: Traces): Explained {
  const calls = traces.sampled.filter(({ span, requestId, children }) => {
    return span.kind === "CLIENT" && requestId !== undefined && children.length === 0;
  });
  const byRequest = groupBy(calls, (call) => `${targetOf(call)?.service ?? ""} ${call.requestId ?? ""}`);
  const pairs = traces.sampled.flatMap((hop) => {
    if (hop.span.kind !== "SERVER" || hop.span.parentId !== undefined || hop.requestId === undefined) return [];
    const call = byRequest.get(`${hop.service} ${hop.requestId}`)?.find((one) => one.span.traceId !== hop.span.traceId);
    return call === undefined ? [] : [{ hop, call }];
  });
  const calledBy = new Map(pairs.map(({ hop, call }) => [hop, call]));
  const confidence: Confidence = "certain";
  const findings = byService(
    pairs.map(({ hop }) => hop),
    (service, hops) => ({
      id: "two-formats",
      service,
      confidence,
      count: hops.length,
      of: traceCount(traces, service),
      evidence: evidenceOf(hops.slice(0, 2).flatMap((hop) => [hop, calledBy.get(hop) as Hop])),
      says: "begins a trace of its own for requests that its callers send in another",
      remedy: REMEDY,
    }),
  );
  return { findings, explained: pairs.flatMap(({ hop, call }) => [hop, call]) };
}

const REMEDY =
  'One of the two reads B3, the other W3C headers. At this workload: trace-propagation with "extract: [w3c, b3]" and "inject: [w3c, b3]" (jaeger or datadog too, if its tracer is one of these); or set the application\'s propagators (OTEL_PROPAGATORS=tracecontext,baggage,b3multi).';
