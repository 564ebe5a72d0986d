import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { PROJECT } from "../../tools/project.ts";
import { clusterAt, wasmFilter, type Json } from "../measure/bootstrap.ts";
import { BEGUN, PASSED, ROUTES } from "./traces.ts";
import { compile, source } from "../measure/compile.ts";
import type { Skipped, Variant } from "./variant.ts";

const MODULE = resolve(PROJECT, "build/trace-propagation.wasm");
const TYPE = "type.googleapis.com/envoy.config.trace.v3.";

/** The collector's cluster, by which all reporters know it. */
const COLLECTOR = "collector";
/** Small enough that most of what a turn records is sent within the turn, and so counts as its own. */
const BATCH = { maxExportBatchSize: 50 };

const OTLP = { opentelemetry: { cluster: COLLECTOR, http: { authority: "collector:4318" } }, batch: BATCH };
const ZIPKIN = { zipkin: { cluster: COLLECTOR, authority: "collector:9411" }, batch: BATCH };
const KEEP = [{ name: "errors", statusCode: { statusCodes: ["ERROR"] } }];
/** No trace that comes is read, so each request begins one, which is not sampled. */
const UNSAMPLED = { extract: ["datadog"], sampling: { randomSamplingPercentage: 0 } };

/** This project's filter, each hop a span of its own, with and without reports. */
export function reporting(): (Variant | Skipped)[] {
  return [
    ours("sampled", "sampled, without reporting", {}),
    ours("otlp", "sampled, a span by OTLP", { reporting: OTLP }),
    ours("zipkin", "sampled, a span to Zipkin", { reporting: ZIPKIN }),
    ours("unsampled", "not sampled, without reporting", UNSAMPLED),
    ours("unsampled-reporting", "not sampled, with reporting", { ...UNSAMPLED, reporting: OTLP }),
    ours("keep", "not sampled, with reporting and keep", { ...UNSAMPLED, reporting: OTLP, keep: KEEP }),
    ours("percentage", "a new trace, by percentage", begins({ randomSamplingPercentage: 1 })),
    ours("rate-limit", "a new trace, by a rate limit", begins({ rateLimiting: { maxTracesPerSecond: 1 } })),
    ours("adaptive", "a new trace, by the adaptive sampler", begins({ adaptive: { targetSamplesPerSecond: 1 } })),
  ];
}

/** The host calls of a request that is not sampled, without and with `keep`, and nothing else. */
export async function bareHostCalls(): Promise<Variant[]> {
  const bare = async (name: string, title: string): Promise<Variant> => {
    const module = await compile(source(`${name}.ts`), name, ["--runtime", "stub"]);
    return { name, title, answer: PASSED, reads: [], routes: ROUTES, filters: [wasmFilter(name, module)] };
  };
  return [
    await bare("unsampled-calls", "the host calls alone of one that is not sampled"),
    await bare("keep-calls", "the host calls alone of one that is not sampled, with keep"),
  ];
}

function begins(sampling: Json): { [field: string]: Json } {
  return { extract: ["datadog"], sampling };
}

function ours(role: string, what: string, configuration: { [field: string]: Json }): Variant | Skipped {
  const name = `trace-propagation-${role}`;
  const title = `trace-propagation, ${what}`;
  if (!existsSync(MODULE)) return { name, title, reason: "build/trace-propagation.wasm is missing: make build" };
  const filters = [wasmFilter(name, MODULE, { participate: true, ...configuration })];
  return { name, title, answer: BEGUN, reads: [], routes: ROUTES, filters };
}

/** Envoy's own tracers, which report to the same collector with their own defaults: five spans together, or what five seconds bring. */
export function nativeTracers(): Variant[] {
  const openTelemetry = {
    "@type": `${TYPE}OpenTelemetryConfig`,
    http_service: { http_uri: { uri: "http://collector:4318/v1/traces", cluster: COLLECTOR, timeout: "10s" } },
    service_name: "bench",
  };
  const zipkin = {
    "@type": `${TYPE}ZipkinConfig`,
    collector_cluster: COLLECTOR,
    collector_endpoint: "/api/v2/spans",
    collector_endpoint_version: "HTTP_JSON",
    trace_id_128bit: true,
    shared_span_context: false,
    trace_context_option: "USE_B3_WITH_W3C_PROPAGATION",
  };
  return [
    native("native-opentelemetry", "native OpenTelemetry tracer", "envoy.tracers.opentelemetry", openTelemetry),
    native("native-zipkin", "native Zipkin tracer", "envoy.tracers.zipkin", zipkin),
  ];
}

function native(name: string, title: string, provider: string, config: { [field: string]: Json }): Variant {
  const tracing = { provider: { name: provider, typed_config: config } };
  return {
    name,
    title: `${title}, each request a span`,
    answer: PASSED,
    reads: [],
    filters: [],
    routes: ROUTES,
    manager: { tracing },
  };
}

/** The cluster of a collector at a port, for one of the variants to bring. */
export function collectorCluster(port: number): Json {
  return clusterAt(COLLECTOR, port);
}
