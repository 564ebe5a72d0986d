/** Gateways and ServiceEntries of generated meshes. */
import type { Resource } from "../converted.ts";
import type { Random } from "../random.ts";
import { ROOT_NAMESPACE } from "./world.ts";

type Json = Record<string, unknown>;

/** The Gateways of every mesh; their servers differ. */
export function generateGateways(random: Random): Resource[] {
  const server = (number: number, hosts: string[]): Json => ({
    port: { number, name: `http-${number}`, protocol: "HTTP" },
    hosts,
  });
  const hosts = random.pick([
    ["*"],
    ["*"],
    ["*.example.com"],
    ["shop.example.com", "api.example.com"],
    ["shop/*.example.com", "./api.example.com"],
    ["Shop.example.com", "*.Example.com"],
  ]);
  const servers = [server(80, hosts), ...(random.percent(30) ? [server(8000, ["*"])] : [])];
  return [
    gateway("public", ROOT_NAMESPACE, { istio: "ingressgateway" }, servers),
    gateway("shop-gateway", "shop", { app: "shop-gateway" }, [server(80, ["*"])]),
    ...(random.percent(40) ? [KUBERNETES_GATEWAY] : []),
  ];
}

/** As which `convert` may know the pods of shop-gateway. istiod's controller for it does not run: its listener is the other's. */
const KUBERNETES_GATEWAY: Resource = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "Gateway",
  metadata: { name: "shop-gateway", namespace: "shop" },
  spec: { gatewayClassName: "istio", listeners: [{ name: "http", port: 80, protocol: "HTTP" }] },
};

function gateway(name: string, namespace: string, selector: Json, servers: Json[]): Resource {
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name, namespace },
    spec: { selector, servers },
  };
}

/** A Service that is none of Kubernetes: a wildcard for it stands for a Service too. */
const SERVICE_ENTRY: Resource = {
  apiVersion: "networking.istio.io/v1",
  kind: "ServiceEntry",
  metadata: { name: "shop", namespace: "default" },
  spec: {
    hosts: ["shop.example.com"],
    ports: [{ number: 80, name: "http", protocol: "HTTP" }],
    resolution: "STATIC",
    endpoints: [{ address: "10.2.0.1" }],
  },
};

/** The ServiceEntry of some meshes. */
export function generateServiceEntries(random: Random): Resource[] {
  return random.percent(30) ? [SERVICE_ENTRY] : [];
}
