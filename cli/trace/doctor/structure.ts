/** `sibling`, `orphan` and `hop-missing`: traces that are whole by their ids, but lack spans or hang them wrongly. */
import { evidenceOf, type Confidence, type Finding } from "./finding.ts";
import { isReached, peerOf, targetOf, type Hop, type Target } from "./hop.ts";
import { byService } from "./ids.ts";
import { tail } from "./in-flight.ts";
import { groupBy, isOrphan, type Trace, type Traces } from "./traces.ts";

/** Calls whose parent is that of the request which caused them. */
export function siblings(traces: Traces): Finding[] {
  const seen: Hop[] = [];
  for (const { hops } of traces.all) {
    const servers = groupBy(
      hops.filter(({ span, isKept }) => span.kind === "SERVER" && span.parentId !== undefined && !isKept),
      ({ span, service }) => `${span.parentId ?? ""} ${service}`,
    );
    for (const hop of hops) {
      if (hop.span.kind !== "CLIENT" || hop.span.parentId === undefined || hop.isKept) continue;
      const [beside] = servers.get(`${hop.span.parentId} ${hop.service}`) ?? [];
      if (beside !== undefined && beside.span.spanId !== hop.span.spanId) seen.push(hop);
    }
  }
  return byService(seen, (service, hops) => ({
    id: "sibling",
    service,
    confidence: "certain",
    count: hops.length,
    of: clientsOf(traces, service).length,
    evidence: evidenceOf(hops),
    says: "its calls hang beside the request that caused them, not below it",
    remedy:
      "The application passes on headers from before its sidecar's inbound side wrote its own: they were kept elsewhere, or the inbound listener does not write them. Look whether a port bypasses the sidecar, whether tracing is on for SERVER too (Telemetry: match.mode CLIENT_AND_SERVER), and whether the application takes the headers of the request that it serves.",
  }));
}

function clientsOf(traces: Traces, service: string): Hop[] {
  return (traces.byService.get(service) ?? []).filter(({ span }) => span.kind === "CLIENT");
}

/** If it may be that not more of a service's parents are missing, single spans were lost on their way. */
const LOST = 0.02;

/**
 * Spans whose parent is not in their trace, by the service that should have reported it.
 *
 * @param explained spans of which another finding says why
 */
export function orphans(traces: Traces, explained: ReadonlySet<Hop>): Finding[] {
  const blamed = traces.sampled
    .filter((hop) => isOrphan(hop) && !explained.has(hop))
    .map((hop) => ({ hop, ...whoOwes(hop, traces) }));
  return [...groupBy(blamed, ({ service }) => service)].map(([service, those]) => {
    const hops = those.map(({ hop }) => hop);
    const parents = (traces.byService.get(service) ?? []).filter((hop) => hop.children.length > 0);
    const children = parents.reduce((sum, hop) => sum + hop.children.length, 0);
    const lost = new Set(hops.map(({ span }) => `${span.traceId} ${span.parentId ?? ""}`)).size;
    const isRare = parents.length > lost && tail(parents.length + lost, lost, LOST) > 0.001;
    const [worst = "hint"] = (["certain", "likely", "hint"] as const).filter((one) =>
      those.some(({ confidence }) => confidence === one),
    );
    const { says } = those[0] as Owed;
    return {
      id: "orphan",
      service,
      confidence: isRare ? "hint" : worst,
      count: hops.length,
      of: children + hops.length,
      evidence: evidenceOf(hops),
      says: isRare ? "single spans of it are missing, which others name as their parent" : says,
      remedy: isRare
        ? "Spans were lost between the proxy and the backend: compare trace_propagation.spans.dropped.* or Envoy's tracing.*.reports_dropped of its proxies with zero."
        : "Make whoever made these ids report to the same backend: the application's own tracer (sampled there, or sent elsewhere), or the proxy (spans.dropped.*, reports that are answered with 4xx, trace-propagation with participate and without reporting).",
    };
  });
}

interface Owed {
  readonly service: string;
  readonly confidence: Confidence;
  readonly says: string;
}

/** In a trace of more spans, one missing parent after the other is not searched through all of them. */
const LARGE = 2_000;

function whoOwes(hop: Hop, traces: Traces): Owed {
  const { service, span } = hop;
  const { hops } = traces.byId.get(span.traceId) as Trace;
  const among = hops.length > LARGE ? [] : hops;
  if (span.kind !== "SERVER") {
    const served = among.some((other) => other.span.kind === "SERVER" && other.node === hop.node && covers(other, hop));
    return {
      service,
      confidence: "certain",
      says: served
        ? "its application makes spans that nobody reports, which its calls name as their parent"
        : "the spans that its calls name as their parent are reported by nobody",
    };
  }
  const says = "spans of it are missing, which the services that it calls name as their parent";
  const known = callersOf(traces).get(service) ?? new Set<string>();
  // The span that holds it most closely is of the caller, or is the call of the caller that is missing.
  const holding = among
    .filter((other) => other !== hop && other.span.start <= span.start && other.end >= hop.end)
    .reverse();
  for (const other of holding) {
    if (isServer(other) && other.service !== service) return { service: other.service, confidence: "likely", says };
    const target = other.span.kind === "CLIENT" && !other.children.some(isServer) ? targetOf(other) : undefined;
    if (target?.isOfMesh === true) return { service: target.service, confidence: "likely", says };
  }
  const callers = [...known];
  const [only, ...others] = callers;
  if (only !== undefined && others.length === 0) return { service: only, confidence: "likely", says };
  return {
    service,
    confidence: "hint",
    says: "the traces of its requests begin at a caller that reports nothing",
  };
}

function isServer({ span }: Hop): boolean {
  return span.kind === "SERVER";
}

/** Whether one span takes all the time of another, as far as clocks that differ let one see. */
function covers(outer: Hop, inner: Hop): boolean {
  const tolerance = 5_000;
  return outer.span.start <= inner.span.start + tolerance && outer.end + tolerance >= inner.end;
}

const CALLERS = new WeakMap<Traces, Map<string, Set<string>>>();

/** Who calls a service, by the parents of its SERVER spans. */
function callersOf(traces: Traces): Map<string, Set<string>> {
  let callers = CALLERS.get(traces);
  if (callers === undefined) {
    callers = new Map();
    for (const hop of traces.sampled) {
      if (!isServer(hop) || hop.parent === undefined || hop.parent.service === hop.service) continue;
      const known = callers.get(hop.service) ?? new Set();
      callers.set(hop.service, known.add(hop.parent.service));
    }
    CALLERS.set(traces, callers);
  }
  return callers;
}

/** Calls without a span of the callee, by callee. */
export function missingHops(traces: Traces, explained: ReadonlySet<Hop>): Finding[] {
  const calls = traces.sampled.filter(
    (hop) => hop.span.kind === "CLIENT" && hop.proxy !== "none" && isReached(hop) && !explained.has(hop),
  );
  const byTarget = groupBy(calls, (call) => targetOf(call)?.host);
  const waypoints = new Set(traces.sampled.filter(({ proxy }) => proxy === "waypoint").map(({ service }) => service));
  const found: Finding[] = [];
  for (const [host, those] of byTarget) {
    const target = host === undefined ? undefined : targetOf(those[0] as Hop);
    if (target?.isOfMesh !== true) continue;
    const without = those.filter((call) => !call.children.some(isServer));
    if (without.length === those.length)
      found.push(missing(target, without, those.length, "", traces, waypoints.size > 0));
    else {
      const hosts = silentHosts(those);
      const silent = without.filter((call) => hosts.includes(peerOf(call) ?? ""));
      if (silent.length > 0) {
        const at = ` at ${hosts.sort().join(", ")}`;
        found.push(missing(target, silent, those.length, at, traces, waypoints.size > 0));
      }
    }
  }
  return [...found, ...missingCallers(traces)];
}

/** With fewer calls than these, nothing is said of one host alone. */
const FEW_CALLS = 3;

/** Addresses of a service's hosts that never report, while others of it do. */
function silentHosts(calls: readonly Hop[]): string[] {
  return [...groupBy(calls, peerOf)].flatMap(([peer, those]) =>
    peer !== undefined && those.length >= FEW_CALLS && !those.some((call) => call.children.some(isServer))
      ? [peer]
      : [],
  );
}

function missing(
  target: Target,
  without: readonly Hop[],
  of: number,
  at: string,
  traces: Traces,
  isAmbient: boolean,
): Finding {
  const reportsElse = traces.byService.has(target.service);
  const who = isAmbient ? "its waypoint" : "its sidecar";
  return {
    id: "hop-missing",
    service: target.service,
    confidence: (reportsElse || at !== "") && without.length >= FEW_CALLS ? "likely" : "hint",
    count: without.length,
    of,
    evidence: evidenceOf(without),
    says: `calls to it have no span of it: ${who}${at} reports no requests`,
    remedy: isAmbient
      ? `Not an error of the application. Is there a waypoint for ${target.service} (istio.io/use-waypoint), and does a Telemetry with targetRefs to it name the provider?`
      : `Look at ${target.service}: has it a sidecar; is port ${target.port} of its Service named http-… or grpc-… (or appProtocol), as else the sidecar sees TCP; does a Telemetry turn tracing off for it or name another provider; is the collector within its Sidecar's egress.hosts.`,
  };
}

/** SERVER spans that hang on another service's SERVER span: the caller's side of the call is not there. */
function missingCallers(traces: Traces): Finding[] {
  const seen = traces.sampled.filter((hop) => {
    const { parent } = hop;
    if (!isServer(hop) || parent === undefined || !isServer(parent) || parent.service === hop.service) return false;
    return hop.proxy !== "none" && parent.proxy === "sidecar" && hop.node !== parent.node;
  });
  return [...groupBy(seen, ({ parent }) => (parent as Hop).service)].map(([service, hops]) => ({
    id: "hop-missing",
    service,
    confidence: "likely",
    count: hops.length,
    of: hops.length + clientsOf(traces, service).filter(({ children }) => children.some(isServer)).length,
    evidence: evidenceOf(hops),
    says: "the calls that it makes have no span of it: its sidecar reports no calls",
    remedy: `Look at ${service}: does a Telemetry or reporting.match trace SERVER alone (match.mode CLIENT_AND_SERVER); do its calls bypass its sidecar (excludeOutboundPorts, excludeOutboundIPRanges).`,
  }));
}
