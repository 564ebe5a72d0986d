import { wasmConfig } from "../../envoy/discovery.ts";
import { typed, type JsonObject } from "../../envoy/json.ts";
import { SERVICE_PORT } from "../bookinfo.ts";
import { calledBy, GATEWAY, type Pod, type Protocol } from "../mesh.ts";
import { clusterOf, INBOUND_CLUSTER } from "./clusters.ts";
import { tracer } from "./tracer.ts";

/** Who makes the spans: Envoy's own tracer, or the module with a `pluginConfig`. */
export type Tracing = { readonly native: Protocol } | Plugin;

interface Plugin {
  /** The path of the module. */
  readonly module: string;
  readonly configuration: JsonObject;
}

type Direction = "INBOUND" | "OUTBOUND";

/** The listeners of a pod's proxy: a gateway has one, a sidecar one for each direction. */
export function listeners(pod: Pod, tracing: Tracing): JsonObject[] {
  const { bound, inside, ports } = pod;
  if (pod.name === GATEWAY) return [listener(pod, "OUTBOUND", bound, ports.inbound, gatewayHosts(), tracing)];
  const toService = [{ name: "inbound", domains: ["*"], routes: [routeTo(INBOUND_CLUSTER, "/")] }];
  const toOthers = calledBy(pod.name).map((name) => {
    const hosts = [name, `${name}.default`, `${name}.default.svc.cluster.local`];
    const domains = hosts.flatMap((host) => [host, `${host}:${SERVICE_PORT}`]);
    return { name, domains, routes: [routeTo(clusterOf(name), "/")] };
  });
  return [
    listener(pod, "INBOUND", bound, ports.inbound, toService, tracing),
    listener(pod, "OUTBOUND", inside, ports.outbound, toOthers, tracing),
  ];
}

/** Everything is the page, but for what tells ratings how to answer. */
function gatewayHosts(): JsonObject[] {
  const routes = [routeTo(clusterOf("ratings"), "/answer-with/"), routeTo(clusterOf("productpage"), "/")];
  return [{ name: "bookinfo", domains: ["*"], routes }];
}

/** Without a time limit, for a machine that is busy; with the retries of Istio's default policy that a request without an answer gets. */
function routeTo(cluster: string, prefix: string): JsonObject {
  const retry_policy = { retry_on: "connect-failure,refused-stream,reset-before-request", num_retries: 2 };
  return { match: { prefix }, route: { cluster, timeout: "0s", retry_policy } };
}

function listener(
  pod: Pod,
  direction: Direction,
  address: string,
  port: number,
  hosts: readonly JsonObject[],
  tracing: Tracing,
): JsonObject {
  const isGateway = pod.name === GATEWAY;
  const name = direction.toLowerCase();
  const router = {
    name: "envoy.filters.http.router",
    typed_config: typed("envoy.extensions.filters.http.router.v3.Router"),
  };
  const manager = typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: name,
    use_remote_address: isGateway,
    generate_request_id: true,
    route_config: { name, virtual_hosts: hosts },
    http_filters: "native" in tracing ? [router] : [wasm(tracing), router],
    tracing: "native" in tracing ? tracer(pod, tracing.native) : undefined,
  });
  return typed("envoy.config.listener.v3.Listener", {
    name,
    address: { socket_address: { address, port_value: port } },
    traffic_direction: direction,
    // Else two Envoys would share a port that both found free.
    enable_reuse_port: false,
    filter_chains: [
      { name, filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] },
    ],
  });
}

function wasm({ module, configuration }: Plugin): JsonObject {
  const filter = { module, configuration, plugin: { failure_policy: "FAIL_OPEN" } };
  return { name: "signalbox", typed_config: wasmConfig("signalbox", filter) };
}
