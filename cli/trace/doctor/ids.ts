/** `duplicate-id`, `shared-id`, `split-id` and `merged`: ids that are not what they should be. */
import { evidenceOf, type Finding } from "./finding.ts";
import type { Hop } from "./hop.ts";
import { groupBy, isTop, type Trace, type Traces } from "./traces.ts";

/** One id twice in a trace. */
export function repeatedIds(traces: Traces): Finding[] {
  const shared: Hop[] = [];
  const doubled: Hop[] = [];
  for (const { byId } of traces.all) {
    for (const hops of byId.values()) {
      if (hops.length < 2) continue;
      const [first, second] = hops as readonly [Hop, Hop];
      const server = hops.find(({ span }) => span.kind === "SERVER");
      const isPair = hops.length === 2 && first.span.kind !== second.span.kind && first.service !== second.service;
      if (isPair && server !== undefined) shared.push(server);
      else doubled.push(second);
    }
  }
  return [
    ...byService(shared, (service, hops) => ({
      id: "shared-id",
      service,
      confidence: "certain",
      count: hops.length,
      of: traces.byService.get(service)?.filter(({ span }) => span.kind === "SERVER").length ?? hops.length,
      evidence: evidenceOf(hops),
      says: "its SERVER spans have the id of the caller's CLIENT span",
      remedy:
        'Give each side a span of its own: "shared_span_context: false" in the Zipkin tracer (Istio writes it so), or an end of joined spans in the application\'s tracer. Jaeger gives such a SERVER span a new id, Zipkin merges the two.',
    })),
    ...byService(doubled, (service, hops) => ({
      id: "duplicate-id",
      service,
      confidence: "certain",
      count: hops.length,
      of: traces.byService.get(service)?.length ?? hops.length,
      evidence: evidenceOf(hops),
      says: "different spans of one trace have one id",
      remedy:
        "Each attempt of a call and each hop needs an id of its own: look for retries that send the first attempt's span id, and for an application that sends on or reports the id that it was given.",
    })),
  ];
}

/** Traces that agree in the low 64 bits of their ids, and not in the high. */
export function splitIds(traces: Traces): { findings: Finding[]; explained: Hop[] } {
  const cut: Hop[] = [];
  // Where the parent of the first span that has the short id is missing, another service may have cut it.
  const unsure: Hop[] = [];
  const explained: Hop[] = [];
  for (const alike of groupBy(traces.all, ({ id }) => id.slice(-16)).values()) {
    if (alike.length < 2) continue;
    const long = alike.filter(({ id }) => !isShort(id));
    // Where no id has zeroes for its high half, the first is taken for the whole one.
    const whole = long.length === alike.length ? long.slice(0, 1) : long;
    for (const trace of alike.filter((one) => !whole.includes(one))) {
      const top = trace.hops.filter(isTop);
      const of = whole.find((other) => overlap(trace, other));
      if (of === undefined) continue;
      explained.push(...top);
      const first = top.find(({ span }) => span.parentId !== undefined && of.byId.has(span.parentId));
      if (first !== undefined) cut.push(first);
      else unsure.push(...top.slice(0, 1));
    }
  }
  const findings = byService(cut.length > 0 ? cut : unsure, (service, hops) => ({
    id: "split-id",
    service,
    confidence: cut.length > 0 ? "certain" : "likely",
    count: hops.length,
    of: traceCount(traces, service),
    evidence: evidenceOf(hops),
    says: "the trace id goes on with its low 64 bits alone",
    remedy:
      "Something cuts trace ids to 64 bits here: an old B3 or Jaeger client in the application, or a Zipkin tracer of the proxy without enable64bitTraceId in step with the others. Let all use 128 bits.",
  }));
  return { findings, explained };
}

function isShort(id: string): boolean {
  return id.length <= 16 || id.startsWith("0".repeat(16));
}

/** Clocks may differ by so much, in µs. */
const CLOCKS = 2_000_000;

function overlap(one: Trace, other: Trace): boolean {
  const [a, b] = [spread(one), spread(other)];
  return a.start <= b.end + CLOCKS && b.start <= a.end + CLOCKS;
}

function spread({ hops }: Trace): { start: number; end: number } {
  let end = -Infinity;
  for (const hop of hops) end = Math.max(end, hop.end);
  return { start: hops[0]?.span.start ?? 0, end };
}

/** How long nothing may happen within a trace, in µs. */
const PAUSE = 500_000;

/** Traces with several requests in them, one long after the other. */
export function merged(traces: Traces): Finding[] {
  const seen: Hop[] = [];
  for (const { hops } of traces.all) {
    const entries: Hop[] = [];
    let until = -Infinity;
    for (const hop of hops) {
      if (hop.isKept) continue;
      const isEntry = isTop(hop) && (hop.span.kind === "SERVER" || hop.proxy === "gateway");
      if (isEntry && hop.span.start > until + (entries.length === 0 ? 0 : PAUSE)) entries.push(hop);
      until = Math.max(until, hop.end);
    }
    const [first, ...others] = entries;
    if (first !== undefined && others.some(({ service }) => service === first.service)) seen.push(first);
  }
  return byService(seen, (service, hops) => ({
    id: "merged",
    service,
    confidence: hops.some(({ span }) => span.parentId === undefined) ? "certain" : "likely",
    count: hops.length,
    of: traceCount(traces, service),
    evidence: evidenceOf(hops),
    says: "several requests, with long pauses between them, are in one trace",
    remedy:
      "Whoever calls this service sends the same trace id with each request: a client with a constant traceparent or x-b3-traceid, or a proxy that keeps ids. Remove trace headers at the edge (VirtualService: headers.request.remove), or make the client begin a trace for each request.",
  }));
}

/** How many traces a service is in. */
export function traceCount(traces: Traces, service: string): number {
  return new Set(traces.byService.get(service)?.map(({ span }) => span.traceId)).size;
}

/** A finding for each service that has some of the spans. */
export function byService(
  hops: readonly Hop[],
  finding: (service: string, hops: readonly Hop[]) => Finding,
): Finding[] {
  return [...groupBy(hops, ({ service }) => service)].map(([service, those]) => finding(service, those));
}
