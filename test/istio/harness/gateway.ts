/** Resources of Kubernetes' Gateway API, by which istiod knows a gateway. */
import type { Resource } from "./kubernetes.ts";
import { serviceOf, workloadEntry } from "./services.ts";
import type { Identity, Ports } from "./workload.ts";

const API_VERSION = "gateway.networking.k8s.io/v1";

/**
 * A Gateway whose proxy somebody has deployed by hand: it takes plain HTTP at its Service's port, for all hosts
 * (istio.io, "Kubernetes Gateway API", "Manual Deployment").
 */
export function resourcesOfGateway(who: Identity, gateway: string, address: string, ports: Ports): Resource[] {
  const { name, app, serviceAccount } = who;
  return [
    {
      apiVersion: API_VERSION,
      kind: "GatewayClass",
      metadata: { name: "istio" },
      spec: { controllerName: "istio.io/gateway-controller" },
    },
    serviceOf(app, ports),
    workloadEntry(name, { address, serviceAccount, labels: { app } }),
    onOwnAddress(name, app, address, ports.inbound),
    {
      apiVersion: API_VERSION,
      kind: "Gateway",
      metadata: { name: gateway, namespace: "default" },
      spec: {
        gatewayClassName: "istio",
        addresses: [{ type: "Hostname", value: `${app}.default.svc.cluster.local` }],
        listeners: [{ name: "http", protocol: "HTTP", port: ports.service }],
      },
    },
  ];
}

/** istiod has gateways listen on all addresses of their pod, which here are those of the machine. */
function onOwnAddress(name: string, app: string, address: string, port: number): Resource {
  const value = { address: { socket_address: { address, port_value: port } } };
  return {
    apiVersion: "networking.istio.io/v1alpha3",
    kind: "EnvoyFilter",
    metadata: { name, namespace: "default" },
    spec: {
      workloadSelector: { labels: { app } },
      configPatches: [
        {
          applyTo: "LISTENER",
          match: { context: "GATEWAY", listener: { portNumber: port } },
          patch: { operation: "MERGE", value },
        },
      ],
    },
  };
}

/** Sends what comes to gateways for a host to Services, by an HTTPRoute's `rules`. */
export function httpRoute(name: string, gateways: readonly string[], host: string, rules: readonly object[]): Resource {
  return {
    apiVersion: API_VERSION,
    kind: "HTTPRoute",
    metadata: { name, namespace: "default" },
    spec: { parentRefs: gateways.map((gateway) => ({ name: gateway })), hostnames: [host], rules },
  };
}
