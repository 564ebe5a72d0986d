/** `sampling-torn`: a hop goes on with another decision than the one that it was given. */
import { evidenceOf, type Finding } from "./finding.ts";
import { isNoUuid, isReached, isUnsampled, targetOf, type Hop } from "./hop.ts";
import { byService, traceCount } from "./ids.ts";
import { groupBy, type Traces } from "./traces.ts";

/**
 * Hops that turn `sampled` off, that have another threshold than their caller, that begin a trace where it was off, or
 * that report some of their requests alone.
 *
 * @param blamed services whose spans are missing for another reason
 */
export function tornSampling(traces: Traces, explained: ReadonlySet<Hop>, blamed: ReadonlySet<string>): Finding[] {
  return oneEach([
    ...turnedOff(traces),
    ...begunAnew(traces),
    ...otherThreshold(traces),
    ...partlyReported(traces, explained, blamed),
  ]);
}

/** A finding for each service of hops that a sampler tore off; the evidence of each is the hop and the one that it tore from. */
function torn(
  traces: Traces,
  hops: readonly Hop[],
  from: (hop: Hop) => Hop | undefined,
  words: (service: string) => Pick<Finding, "says" | "remedy">,
): Finding[] {
  return byService(hops, (service, those) => ({
    id: "sampling-torn",
    service,
    confidence: "certain",
    count: those.length,
    of: traceCount(traces, service),
    evidence: evidenceOf(those.flatMap((hop) => [hop, from(hop) as Hop])),
    ...words(service),
  }));
}

/** One finding for a service: the first. */
function oneEach(findings: readonly Finding[]): Finding[] {
  return [...groupBy(findings, ({ service }) => service).values()].map(([first]) => first as Finding);
}

function turnedOff(traces: Traces): Finding[] {
  const hops = [...traces.sampled, ...traces.kept].filter(
    (hop) => hop.parent !== undefined && isUnsampled(hop) && !isUnsampled(hop.parent),
  );
  return torn(
    traces,
    hops,
    ({ parent }) => parent,
    (service) => ({
      says: "traces that are sampled up to it go on with sampled=0",
      remedy: `${service} sends x-b3-sampled: 0 or traceparent …-00 where it was asked to sample. If it is the application: set its own sampler to parent-based (OTEL_TRACES_SAMPLER=parentbased_always_on), or let it copy the headers as they came.`,
    }),
  );
}

/** SERVER spans that begin a trace for a request of which an unsampled trace tells. */
function begunAnew(traces: Traces): Finding[] {
  const unsampled = groupBy(
    traces.kept.filter(({ requestId }) => requestId !== undefined),
    ({ requestId }) => requestId,
  );
  const pairs = traces.sampled.flatMap((hop) => {
    if (hop.span.kind !== "SERVER" || hop.span.parentId !== undefined || hop.requestId === undefined) return [];
    const before = unsampled.get(hop.requestId)?.find(({ span }) => span.traceId !== hop.span.traceId);
    return before === undefined ? [] : [{ hop, before }];
  });
  const of = new Map(pairs.map(({ hop, before }) => [hop, before]));
  return torn(
    traces,
    pairs.map(({ hop }) => hop),
    (hop) => of.get(hop),
    (service) => ({
      says: "begins a new trace for requests that come with sampled=0",
      remedy: `The tracer of ${service} takes sampled=0 for no context at all. Bring it up to date, or let it keep the trace id and go on with sampled=0.`,
    }),
  );
}

/** OpenTelemetry's sampling threshold, from `ot=th:…` of tracestate. */
export function thresholdOf({ span }: Hop): string | undefined {
  return /(?:^|,)\s*ot=[^,]*?\bth:([0-9a-f]{1,14})/.exec(span.traceState)?.[1]?.replace(/0+$/, "");
}

function otherThreshold(traces: Traces): Finding[] {
  const hops = traces.sampled.filter((hop) => {
    const [own, above] = [thresholdOf(hop), hop.parent && thresholdOf(hop.parent)];
    return own !== undefined && above !== undefined && own !== above;
  });
  return torn(
    traces,
    hops,
    ({ parent }) => parent,
    (service) => ({
      says: "samples with another threshold (tracestate ot=th) than its caller",
      remedy: `${service} decides anew for traces that are decided already: make its sampler parent-based. trace-propagation does not decide for a request that comes with a decision.`,
    }),
  );
}

/** With fewer calls without a span of the callee than these, nothing is said. */
const FEW = 5;
/** Up to this share, single spans may have been lost on their way. */
const LOST = 0.1;

function partlyReported(traces: Traces, explained: ReadonlySet<Hop>, blamed: ReadonlySet<string>): Finding[] {
  const calls = traces.sampled.filter(
    (hop) =>
      hop.span.kind === "CLIENT" && hop.proxy !== "none" && isReached(hop) && !isUnsampled(hop) && !explained.has(hop),
  );
  const found: Finding[] = [];
  for (const [service, those] of groupBy(calls, (call) => targetOf(call)?.service)) {
    if (service === undefined || blamed.has(service)) continue;
    const without = those.filter(({ children }) => !children.some(({ span }) => span.kind === "SERVER"));
    if (without.length < FEW || without.length === those.length || without.length <= those.length * LOST) continue;
    const noUuid = without.filter(isNoUuid).length;
    found.push({
      id: "sampling-torn",
      service,
      confidence: "likely",
      count: without.length,
      of: those.length,
      evidence: evidenceOf(without),
      says: "some traces end before it, others do not",
      remedy:
        noUuid * 2 > without.length
          ? "Envoy decides on sampling by x-request-id, and takes one that is no UUID as unsampled: let whoever writes it (NGINX, a load balancer) write a UUID, or remove the header at the edge."
          : `${service} or its proxy decides on sampling for itself: make its sampler parent-based and its tracing's randomSamplingPercentage that of the others. If its reports are lost instead, its counters of dropped spans say so.`,
    });
  }
  return found;
}
