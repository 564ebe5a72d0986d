/** `noise`, `few` and `unexpected-kept`: what the traces are of, and how many they are. */
import { numberOf, textOf } from "../span.ts";
import { evidenceOf, type Finding } from "./finding.ts";
import type { Hop } from "./hop.ts";
import { byService } from "./ids.ts";
import { groupBy, isTop, type Trace, type Traces } from "./traces.ts";
import { thresholdOf } from "./sampling.ts";

const PATHS =
  /^\/(?:-\/)?(?:actuator\/|stats\/|api\/)?(?:healthz?|health[_-]?check|ready|readyz|readiness|live|livez|liveness|ping|status|metrics|prometheus|probe)(?:\/|$)/i;
const AGENTS = /^(?:kube-probe|Prometheus|GoogleHC|ELB-HealthChecker|Envoy\/HC|Consul Health Check|Blackbox Exporter)/i;

/** More than half of the traces are of one span, for health checks and metrics. */
export function noise(traces: Traces): Finding[] {
  const noisy = traces.all.filter(isNoise);
  if (noisy.length * 2 <= traces.all.length) return [];
  const hops = noisy.map(({ hops }) => hops[0] as Hop);
  return byService(hops, (service, those) => ({
    id: "noise",
    service,
    confidence: "certain",
    count: those.length,
    of: traces.all.length,
    evidence: evidenceOf(those),
    says: `${Math.round((100 * noisy.length) / traces.all.length)} % of all traces are single spans of health checks, metrics and probes`,
    remedy:
      "Do not report them: reporting.rules: [{match: [{uri: {prefix: /healthz}}], disableSpanReporting: true}], or a sampling rule with randomSamplingPercentage: 0 by path or by user-agent (kube-probe, Prometheus).",
  }));
}

function isNoise({ hops }: Trace): boolean {
  const [hop, ...others] = hops;
  if (hop === undefined || others.length > 0 || hop.span.kind === "CLIENT") return false;
  return PATHS.test(pathOf(hop)) || AGENTS.test(textOf(hop.span.attributes, "user_agent.original", "user_agent") ?? "");
}

function pathOf({ span }: Hop): string {
  const target = textOf(span.attributes, "url.path", "http.target", "http.url", "url.full", "http.route");
  return (target ?? span.name.replace(/^[A-Z]+ /, "")).replace(/^[a-z]+:\/\/[^/]*/i, "");
}

const FEW_TRACES = 20;
/** 1 %, as far as a threshold of 56 bits and a text of it are exact. */
const LOW = 0.01 + 1e-6;

/** Too few traces to say much of. */
export function few(traces: Traces): Finding[] {
  const tops = traces.sampled.filter(isTop);
  const [service, begun = []] = mostOf(tops.length > 0 ? tops : traces.sampled) ?? [];
  if (service === undefined) return [];
  const count = new Set(traces.sampled.map(({ span }) => span.traceId)).size;
  const chances = begun.flatMap((hop) => chanceOf(hop) ?? []);
  const chance = chances.sort((a, b) => a - b)[chances.length >> 1];
  const isLow = chance !== undefined && chance <= LOW;
  if (count >= FEW_TRACES && !isLow) return [];
  const sampled = isLow ? `, sampled at ${+(100 * chance).toFixed(4)} %` : "";
  return [
    {
      id: "few",
      service,
      confidence: "hint",
      count,
      of: isLow && chance > 0 ? Math.round(count / chance) : Math.max(count, FEW_TRACES),
      evidence: evidenceOf(begun),
      says: `${count} ${count === 1 ? "trace" : "traces"}${sampled}: not enough to say that there is nothing else`,
      remedy: `Ask for all traces of one workload for ten minutes: a Telemetry with selector, tracing: [{randomSamplingPercentage: 100}] at ${service}, or sampling.rules of trace-propagation for one header. A break that keeps x-request-id is seen at a low sampling too, as Envoy decides by that id; another is seen only where both halves were sampled.`,
    },
  ];
}

/** The service that has most of the spans, with these. */
function mostOf(hops: readonly Hop[]): [string, Hop[]] | undefined {
  return [...groupBy(hops, ({ service }) => service)].sort(([, a], [, b]) => b.length - a.length)[0];
}

/** With which probability a trace was sampled, if its first span says it. */
function chanceOf(hop: Hop): number | undefined {
  const threshold = thresholdOf(hop);
  if (threshold !== undefined) return 1 - Number.parseInt(threshold.padEnd(14, "0") || "0", 16) / 2 ** 56;
  if (textOf(hop.span.attributes, "sampler.type") !== "probabilistic") return undefined;
  return numberOf(hop.span.attributes, "sampler.param");
}

/** What `keep` left of traces that were not sampled. */
export function keptSpans({ kept, sampled }: Traces): Finding[] {
  const all = groupBy(sampled, ({ service }) => service);
  return byService(kept, (service, hops) => ({
    id: "unexpected-kept",
    service,
    confidence: "certain",
    count: hops.length,
    of: hops.length + (all.get(service)?.length ?? 0),
    evidence: evidenceOf(hops),
    says: "spans that keep left of unsampled traces: hops that failed or were slow, each for itself",
    remedy: "Nothing to mend: their traces lack the hops that went well. Do not count rates from them.",
  }));
}
