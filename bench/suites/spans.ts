import { startCollector } from "../measure/collector.ts";
import { bareHostCalls, collectorCluster, nativeTracers, reporting } from "../variants/spans.ts";
import { PASSED, ROUTES, TRACE_HEADERS } from "../variants/traces.ts";
import type { Suite } from "./suite.ts";

/** What it costs to report a span, to the same collector as Envoy's own tracers, and what requests pay that have none. */
export async function spans(): Promise<Suite> {
  const clusters = [collectorCluster(await startCollector())];
  return {
    name: "spans",
    base: { name: "no-filter", title: "no filter", answer: PASSED, routes: ROUTES, reads: [], filters: [], clusters },
    headers: TRACE_HEADERS,
    others: [...reporting(), ...(await bareHostCalls()), ...nativeTracers()],
    targets: [
      {
        title: "a span by OTLP against the native OpenTelemetry tracer's",
        ratio: ["trace-propagation-otlp", "native-opentelemetry"],
        bound: { atMost: 1 },
      },
      {
        title: "a request that is not sampled, with reporting against without",
        ratio: ["trace-propagation-unsampled-reporting", "trace-propagation-unsampled"],
        bound: { atMost: 1.15 },
      },
      {
        title: "keep, against neither reporting nor keep",
        ratio: ["trace-propagation-keep", "trace-propagation-unsampled"],
        bound: { atMost: 1.25 },
      },
      {
        title: "a rate limit against a percentage",
        ratio: ["trace-propagation-rate-limit", "trace-propagation-percentage"],
        bound: { atMost: 1.05 },
      },
      {
        title: "the adaptive sampler against a percentage",
        ratio: ["trace-propagation-adaptive", "trace-propagation-percentage"],
        bound: { atMost: 1.05 },
      },
    ],
    isOurs: (name) => name.startsWith("trace-propagation"),
  };
}
