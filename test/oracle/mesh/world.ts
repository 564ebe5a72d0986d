/** What is the same in every mesh: the services, the workloads behind them, and the subsets of the services. */
import type { Resource } from "../converted.ts";
import type { MeshProxy, MeshService } from "./translate.ts";

export const ROOT_NAMESPACE = "istio-system";

/** The label by which Istio finds the pods of a Gateway of Kubernetes' Gateway API. */
export const GATEWAY_NAME = "gateway.networking.k8s.io/gateway-name";

/** The proxies that are asked, by their names. */
export const PROXIES: readonly MeshProxy[] = [
  sidecar("sleep", "default", { app: "sleep", version: "v1" }, "10.1.0.1"),
  sidecar("reviews", "default", { app: "reviews", version: "v1" }, "10.1.0.2"),
  sidecar("web", "shop", { app: "web", version: "v2" }, "10.1.0.3"),
  {
    ...sidecar("public", ROOT_NAMESPACE, { app: "istio-ingressgateway", istio: "ingressgateway" }, "10.1.0.4"),
    type: "router",
  },
  {
    ...sidecar("shop-gateway", "shop", { app: "shop-gateway", [GATEWAY_NAME]: "shop-gateway" }, "10.1.0.5"),
    type: "router",
  },
];

function sidecar(name: string, namespace: string, labels: Record<string, string>, address: string): MeshProxy {
  return { name, type: "sidecar", namespace, labels, serviceAccount: name, address };
}

const WEB_PORTS = [{ number: 80, target: 8080 }];

/** The services, each with the proxy of its name as the only endpoint. `ratings` has none. */
export const SERVICES: readonly MeshService[] = [
  service("sleep", "default", "10.0.0.1", WEB_PORTS),
  service("reviews", "default", "10.0.0.2", [
    { number: 80, target: 8080 },
    { number: 9080, target: 9080 },
  ]),
  service("web", "shop", "10.0.0.3", WEB_PORTS),
  service("public", ROOT_NAMESPACE, "10.0.0.4", [
    { number: 80, target: 8080 },
    { number: 8000, target: 8000 },
  ]),
  service("shop-gateway", "shop", "10.0.0.5", WEB_PORTS),
  service("ratings", "default", "10.0.0.6", [{ number: 9080, target: 9080 }]),
];

function service(name: string, namespace: string, address: string, ports: MeshService["ports"]): MeshService {
  const endpoints = PROXIES.filter((proxy) => proxy.name === name && proxy.namespace === namespace);
  return {
    name,
    namespace,
    address,
    ports,
    endpoints: endpoints.map(({ address, namespace, labels, serviceAccount }) => {
      return { address, namespace, labels, serviceAccount };
    }),
  };
}

/** The subsets that there are; any other that a route names has no cluster. */
export const SUBSETS: readonly Resource[] = [
  subsets("reviews", "default", ["v1", "v2", "v3"]),
  subsets("web", "shop", ["v1", "v2"]),
];

function subsets(name: string, namespace: string, versions: readonly string[]): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "DestinationRule",
    metadata: { name, namespace },
    spec: {
      host: `${name}.${namespace}.svc.cluster.local`,
      subsets: versions.map((version) => ({ name: version, labels: { version } })),
    },
  };
}
