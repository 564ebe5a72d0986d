import type { JsonObject } from "../../envoy/json.ts";
import { GATEWAY, type Mesh, type Pod } from "../mesh.ts";
import { clusters } from "./clusters.ts";
import { namespaceOf, serviceOf } from "./tracer.ts";

/** Where a proxy finds its listeners, below its own folder. */
export const LISTENERS = "listeners/listeners.json";

/** What a pod's Envoy starts with. Its listeners come from a file, so that they can change. */
export function bootstrap(pod: Pod, mesh: Mesh, folder: string): JsonObject {
  const source = { path: `${folder}/${LISTENERS}`, watched_directory: { path: `${folder}/listeners` } };
  return {
    node: nodeOf(pod),
    admin: { address: { socket_address: { address: pod.admin, port_value: pod.ports.admin } } },
    // Envoy's own tracer reports each span at once.
    layered_runtime: {
      layers: [
        {
          name: "demo",
          static_layer: { "tracing.opentelemetry.min_flush_spans": 1, "tracing.zipkin.min_flush_spans": 1 },
        },
      ],
    },
    dynamic_resources: { lds_config: { path_config_source: source, resource_api_version: "V3" } },
    static_resources: { clusters: clusters(pod, mesh) },
  };
}

/** What istiod's bootstrap says of a pod: who its spans are of (pilot-agent, `tracingServiceName` APP_LABEL_AND_NAMESPACE). */
function nodeOf({ name, inside }: Pod): JsonObject {
  const isGateway = name === GATEWAY;
  const namespace = namespaceOf(name);
  const workload = isGateway ? name : `${name}-v1`;
  const labels = { app: name, "service.istio.io/canonical-name": name, "service.istio.io/canonical-revision": "v1" };
  return {
    id: `${isGateway ? "router" : "sidecar"}~${inside}~${workload}-0.${namespace}~${namespace}.svc.cluster.local`,
    cluster: serviceOf(name),
    metadata: {
      NAME: `${workload}-0`,
      NAMESPACE: namespace,
      WORKLOAD_NAME: workload,
      INSTANCE_IPS: inside,
      LABELS: labels,
    },
  };
}
