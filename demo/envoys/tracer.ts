import { typed, type JsonObject } from "../../envoy/json.ts";
import { GATEWAY, type Pod, type Protocol } from "../mesh.ts";

/** The collectors' hosts and ports as they are named in a mesh. */
export const COLLECTORS: Readonly<Record<Protocol, { readonly host: string; readonly port: number }>> = {
  otlp: { host: "jaeger-collector.observability.svc.cluster.local", port: 4318 },
  zipkin: { host: "zipkin.observability.svc.cluster.local", port: 9411 },
};

/** The collector's cluster, as istiod names it. */
export function collectorCluster(protocol: Protocol): string {
  const { host, port } = COLLECTORS[protocol];
  return `outbound|${port}||${host}`;
}

/** `tracing` of a connection manager: Envoy's tracer as istiod configures it (istio/istio: pilot/pkg/networking/core/tracing.go). */
export function tracer({ name }: Pod, protocol: Protocol): JsonObject {
  const all = { value: 100 };
  return {
    provider: protocol === "otlp" ? openTelemetry(serviceOf(name)) : ZIPKIN,
    client_sampling: all,
    random_sampling: all,
    overall_sampling: all,
    // A gateway's SERVER span has a CLIENT span below it.
    spawn_upstream_span: name === GATEWAY,
  };
}

/** Who a pod's spans are of. It is the cluster of its node, too, which Zipkin's tracer takes by itself. */
export function serviceOf(name: Pod["name"]): string {
  return `${name}.${namespaceOf(name)}`;
}

export function namespaceOf(name: Pod["name"]): string {
  return name === GATEWAY ? "istio-system" : "default";
}

function openTelemetry(service: string): JsonObject {
  const { host, port } = COLLECTORS.otlp;
  const http_uri = { uri: `http://${host}:${port}/v1/traces`, cluster: collectorCluster("otlp"), timeout: "10s" };
  const config = { http_service: { http_uri }, service_name: service };
  return {
    name: "envoy.tracers.opentelemetry",
    typed_config: typed("envoy.config.trace.v3.OpenTelemetryConfig", config),
  };
}

const ZIPKIN: JsonObject = {
  name: "envoy.tracers.zipkin",
  typed_config: typed("envoy.config.trace.v3.ZipkinConfig", {
    collector_cluster: collectorCluster("zipkin"),
    collector_endpoint: "/api/v2/spans",
    collector_hostname: `${COLLECTORS.zipkin.host}:${COLLECTORS.zipkin.port}`,
    collector_endpoint_version: "HTTP_JSON",
    trace_id_128bit: true,
    shared_span_context: false,
    trace_context_option: "USE_B3_WITH_W3C_PROPAGATION",
  }),
};
