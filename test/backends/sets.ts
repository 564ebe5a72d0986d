import { typed, type JsonObject } from "../support/envoy/index.ts";
import type { Set } from "./shop.ts";

/** Names of clusters as istiod has them. */
export const JAEGER_OTLP = "outbound|4318||jaeger-collector.observability.svc.cluster.local";
export const JAEGER_ZIPKIN = "outbound|9411||jaeger-collector.observability.svc.cluster.local";
export const ZIPKIN = "outbound|9411||zipkin.observability.svc.cluster.local";

const JAEGER_HOST = "jaeger-collector.observability.svc.cluster.local";

function propagation(reporting: JsonObject, others: JsonObject): JsonObject {
  return {
    participate: true,
    sampling: { randomSamplingPercentage: 100 },
    reporting: { batch: { scheduledDelay: "200ms" }, ...reporting },
    ...others,
  };
}

/** The filter reports and joins; the second service passes on one header, x-request-id, and so do the others. */
export function joined(reporting: JsonObject): Set {
  return { filter: propagation(reporting, { join: { keys: ["x-request-id"] } }), passes: () => "x-request-id" };
}

/** The filter reports and does not join; the second service passes on nothing, the others everything. */
export function dropping(reporting: JsonObject): Set {
  return { filter: propagation(reporting, {}), passes: (service) => (service === "checkout" ? "nothing" : "all") };
}

export const TO_JAEGER: JsonObject = { opentelemetry: { service: JAEGER_HOST } };
export const TO_JAEGERS_ZIPKIN: JsonObject = { zipkin: { service: JAEGER_HOST } };
export const TO_ZIPKIN: JsonObject = { zipkin: { service: "zipkin.observability.svc.cluster.local" } };

/** Every other service has the filter, and passes on x-request-id alone; the others have Envoy's tracer, and pass on all headers. */
export function mixed(reporting: JsonObject, tracing: (service: string) => JsonObject): Set {
  const has = (service: string): "filter" | "tracing" => (/frontend|payment/.test(service) ? "filter" : "tracing");
  const passes = (service: string): "x-request-id" | "all" => (has(service) === "filter" ? "x-request-id" : "all");
  return { ...joined(reporting), tracing, has, passes };
}

/** Envoy's tracers as istiod configures them (istio: pilot/pkg/networking/core/tracing.go). */
export function openTelemetryTracer(service: string): JsonObject {
  const uri = { uri: `http://${JAEGER_HOST}:4318/v1/traces`, cluster: JAEGER_OTLP, timeout: "10s" };
  return provider("envoy.tracers.opentelemetry", "OpenTelemetryConfig", {
    http_service: { http_uri: uri },
    service_name: service,
  });
}

export function zipkinTracer(): JsonObject {
  return provider("envoy.tracers.zipkin", "ZipkinConfig", {
    collector_cluster: ZIPKIN,
    collector_endpoint: "/api/v2/spans",
    collector_hostname: "zipkin.observability.svc.cluster.local:9411",
    collector_endpoint_version: "HTTP_JSON",
    trace_id_128bit: true,
    shared_span_context: false,
    trace_context_option: "USE_B3_WITH_W3C_PROPAGATION",
  });
}

function provider(name: string, type: string, config: JsonObject): JsonObject {
  const all = { value: 100 };
  return {
    provider: { name, typed_config: typed(`envoy.config.trace.v3.${type}`, config) },
    client_sampling: all,
    random_sampling: all,
    overall_sampling: all,
  };
}

/** Envoy's tracers report each span at once. */
export const AT_ONCE: JsonObject = {
  layered_runtime: {
    layers: [
      {
        name: "test",
        static_layer: { "tracing.zipkin.min_flush_spans": 1, "tracing.opentelemetry.min_flush_spans": 1 },
      },
    ],
  },
};
