import { NOWHERE } from "../measure/bootstrap.ts";
import { PASSED, ROUTES } from "./traces.ts";
import type { Variant } from "./variant.ts";

const TYPE = "type.googleapis.com/envoy.config.trace.v3.OpenTelemetryConfig";

/**
 * Envoy's own OpenTelemetry tracer, whose reports go nowhere. It reads the context and makes a span; its headers are written for an upstream
 * only, of which there is none here.
 */
export function nativeTracer(sampled: boolean): Variant {
  const provider = {
    name: "envoy.tracers.opentelemetry",
    typed_config: { "@type": TYPE, grpc_service: { envoy_grpc: { cluster_name: NOWHERE } }, service_name: "bench" },
  };
  const tracing = { provider, overall_sampling: { value: sampled ? 100 : 0 } };
  const title = `native OpenTelemetry tracer, ${sampled ? "each request a span" : "no request a span"}`;
  const name = `native-tracer-${sampled ? "sampled" : "unsampled"}`;
  return { name, title, answer: PASSED, reads: [], filters: [], routes: ROUTES, manager: { tracing } };
}
