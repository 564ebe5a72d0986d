/**
 * The faces of a mesh: what a proxy makes of requests on one port in one direction. Of istiod's configuration a face has the
 * HTTP connection manager with its filters and routes. The listener around it is the harness's.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { typed } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { PROJECT } from "../../../tools/project.ts";
import { refusals } from "../../../cli/convert/refusal.ts";
import { CLUSTER, DETAILS, ROUTE } from "./observation.ts";
import { PROXIES, SERVICES } from "./world.ts";
import type { Configuration, MeshProxy } from "./translate.ts";

/** Where requests of a face come in. */
export interface Place {
  proxy: MeshProxy;
  direction: "inbound" | "outbound" | "gateway";
  /** The port that a request is sent to: of a service, or of the pod. */
  port: number;
  /** Whether the client says who it is, by a certificate. */
  mtls: boolean;
}

/** What a proxy does there. */
export interface Face {
  place: Place;
  /** The same for faces that do the same. */
  key: string;
  manager: JsonObject;
}

/** A filter that refuses its configuration, as which it would answer 500 to everything. */
export class RefusedPlugin extends Error {}

/** What a place is called. */
export function nameOf({ proxy, direction, port, mtls }: Place): string {
  return `${proxy.name} ${direction} ${port}${direction === "inbound" && !mtls ? " plaintext" : ""}`;
}

/**
 * The faces of all proxies, by the names of their places.
 *
 * @throws RefusedPlugin if a filter refuses its pluginConfig
 */
export function facesOf(configurations: Readonly<Record<string, Configuration>>): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const proxy of PROXIES) {
    const configuration = configurations[proxy.name];
    if (configuration === undefined) throw new Error(`istiod says nothing of ${proxy.name}`);
    for (const chain of configuration.chains) {
      const place = placeOf(proxy, chain);
      if (place === undefined || faces.has(nameOf(place))) continue;
      const manager = managerOf(chain.manager, configuration, proxy);
      const key = createHash("sha256")
        .update(JSON.stringify([nameOf(place), manager]))
        .digest("hex")
        .slice(0, 20);
      faces.set(nameOf(place), { place, key, manager });
    }
  }
  // istiod gives a proxy's listeners in any order.
  return new Map([...faces].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function placeOf(proxy: MeshProxy, { listener, match, manager }: Configuration["chains"][number]): Place | undefined {
  const named = /^0\.0\.0\.0_(\d+)$/.exec(listener)?.[1];
  if (proxy.type === "router") return { proxy, direction: "gateway", port: Number(named), mtls: false };
  if (listener === "virtualInbound") {
    const port = match?.destination_port;
    const served = SERVICES.some(
      ({ name, ports }) => name === proxy.name && ports.some(({ target }) => target === port),
    );
    if (port === undefined || !served) return undefined;
    return { proxy, direction: "inbound", port, mtls: match?.transport_protocol === "tls" };
  }
  const { route_config_name: routes } = (manager["rds"] ?? {}) as { route_config_name?: string };
  if (named === undefined || routes !== named) return undefined;
  return { proxy, direction: "outbound", port: Number(named), mtls: false };
}

/** Filters of Istio's own, which no other Envoy has; they decide nothing. */
const NOT_IN_ENVOY = /^(istio\.|envoy\.filters\.http\.(grpc_stats|connect_authority)$)/;

function managerOf(manager: JsonObject, { routes, extensions }: Configuration, proxy: MeshProxy): JsonObject {
  const { rds, route_config, http_filters, ...others } = manager;
  const { route_config_name = "" } = (rds ?? {}) as { route_config_name?: string };
  const config = (route_config ?? routes[route_config_name]) as JsonObject | undefined;
  const filters = (http_filters as unknown as HttpFilter[]).filter(({ name }) => !NOT_IN_ENVOY.test(name));
  return {
    ...others,
    // A route configuration that istiod does not give is one without hosts, as for an RDS that is empty.
    route_config: {
      name: route_config_name,
      virtual_hosts: [],
      ...config,
      validate_clusters: false,
      response_headers_to_add: [shown(CLUSTER, "%UPSTREAM_CLUSTER_RAW%"), shown(ROUTE, "%ROUTE_NAME%")],
    },
    local_reply_config: {
      mappers: [{ filter: ANY_STATUS, headers_to_add: [shown(DETAILS, "%RESPONSE_CODE_DETAILS%")] }],
    },
    http_filters: filters.map((filter) => {
      return filter.config_discovery === undefined ? filter : wasm(filter.name, extensions[filter.name], proxy);
    }) as unknown as JsonObject[],
  };
}

interface HttpFilter {
  name: string;
  config_discovery?: object;
}

function shown(key: string, value: string): JsonObject {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

const ANY_STATUS: JsonObject = {
  status_code_filter: { comparison: { op: "GE", value: { default_value: 100, runtime_key: "none" } } },
};

interface WasmConfig {
  config: {
    configuration?: { value: string };
    vm_config: { code: { remote: { http_uri: { uri: string } } }; environment_variables?: object };
  };
}

/** What istiod sends for a WasmPlugin, with the module that stands here in place of the one to download. */
function wasm(name: string, extension: JsonObject | undefined, proxy: MeshProxy): JsonObject {
  if (extension === undefined) throw new Error(`istiod has no configuration of ${name}`);
  const { config } = extension as unknown as WasmConfig;
  const filter = /\/([a-z-]+):[^/]*$/.exec(config.vm_config.code.remote.http_uri.uri)?.[1] ?? "";
  const pluginConfig = JSON.parse(config.configuration?.value ?? "{}") as Record<string, unknown>;
  const refused = whyRefused(filter, pluginConfig, proxy);
  if (refused !== "") throw new RefusedPlugin(`${name}: ${refused}`);
  const code = { local: { filename: join(PROJECT, "build", `${filter}.wasm`) } };
  // The agent takes its own variables out, too.
  const { environment_variables: _, ...vm } = config.vm_config;
  const typed_config = { ...extension, config: { ...config, vm_config: { ...vm, code } } };
  return { name, typed_config } as unknown as JsonObject;
}

/** What was asked already: most plugins are the same on many proxies and in many states of a mesh. */
const asked = new Map<string, string>();

function whyRefused(filter: string, pluginConfig: Record<string, unknown>, { namespace, labels }: MeshProxy): string {
  const key = JSON.stringify([filter, pluginConfig, namespace, labels]);
  const known = asked.get(key);
  if (known !== undefined) return known;
  const refused = refusals(filter, pluginConfig, { namespace, labels });
  const why = refused.map(({ written, message }) => `${written}: ${message}`).join("; ");
  asked.set(key, why);
  return why;
}

const PROXY_PROTOCOL: JsonObject = {
  name: "proxy_protocol",
  typed_config: typed("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol"),
};

/** A listener with the face. Each connection begins with a line of the PROXY protocol, which says the port. */
export function listenerOf({ place, key, manager }: Face, tls: ServerTls): Listener {
  return {
    name: key,
    chains: [{ manager, ...(place.mtls && { tls }) }],
    listener: {
      traffic_direction: place.direction === "inbound" ? "INBOUND" : "OUTBOUND",
      listener_filters: [PROXY_PROTOCOL],
    },
  };
}
