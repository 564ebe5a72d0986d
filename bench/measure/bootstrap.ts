/** Any piece of an Envoy configuration in its JSON form. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const TYPE = "type.googleapis.com/";

/** One listener of the measured Envoy. */
export interface Listener {
  /** Also its stat prefix. */
  name: string;
  /** HTTP filters before the router, in order. */
  filters: Json[];
  /** Routes of its only virtual host, first match first. */
  routes: Json[];
  /** Further fields of its HTTP connection manager. */
  manager?: { [field: string]: Json };
  /** A free one if none is given. */
  port?: number;
  /** Clusters that its routes lead to. */
  clusters?: Json[];
}

/** A route that answers by itself, `body` being what shows which one was taken. */
export function directResponse(match: Json, body: string): { [field: string]: Json } {
  return { match, direct_response: { status: 200, body: { inline_string: body } } };
}

/** A cluster with one endpoint, at a port of 127.0.0.1, and further fields. */
export function clusterAt(name: string, port: number, fields: { [field: string]: Json } = {}): Json {
  const endpoint = { endpoint: { address: socketAddress(port) } };
  const load_assignment = { cluster_name: name, endpoints: [{ lb_endpoints: [endpoint] }] };
  return { name, type: "STATIC", load_assignment, ...fields };
}

/** Matches any path where the header `name` is exactly `value`; any request where no header is given. */
export function matchHeader(name?: string, value?: string): Json {
  if (name === undefined || value === undefined) return { prefix: "/" };
  return { prefix: "/", headers: [{ name, string_match: { exact: value } }] };
}

/** The Wasm filter with a module from a file; `configuration` reaches it as JSON text, as under Istio. */
export function wasmFilter(name: string, file: string, configuration?: Json): Json {
  const config: Json = {
    name,
    root_id: name,
    vm_config: { runtime: "envoy.wasm.runtime.v8", code: { local: { filename: file } } },
  };
  if (configuration !== undefined) {
    config.configuration = {
      "@type": `${TYPE}google.protobuf.StringValue`,
      value: JSON.stringify(configuration),
    };
  }
  return { name, typed_config: { "@type": `${TYPE}envoy.extensions.filters.http.wasm.v3.Wasm`, config } };
}

/** The native Lua filter with its script. */
export function luaFilter(script: string): Json {
  const lua = {
    "@type": `${TYPE}envoy.extensions.filters.http.lua.v3.Lua`,
    default_source_code: { inline_string: script },
  };
  return { name: "envoy.filters.http.lua", typed_config: lua };
}

/** The node of a sidecar in the namespace default, as far as a filter asks for it. */
const NODE: Json = { id: "bench", cluster: "bench", metadata: { NAMESPACE: "default" } };

/** The cluster that a tracer's reports go to: nobody listens there. */
export const NOWHERE = "nowhere";

/**
 * A bootstrap with these listeners and their clusters, each listener and the admin page on a free port of 127.0.0.1, one cluster that
 * is not there, and further fields.
 */
export function bootstrap(listeners: readonly Listener[], fields: { [field: string]: Json } = {}): Json {
  const clusters = [{ name: NOWHERE, type: "STATIC" }, ...listeners.flatMap(({ clusters = [] }) => clusters)];
  return {
    node: NODE,
    admin: { address: socketAddress() },
    static_resources: { listeners: listeners.map(listenerJson), clusters },
    ...fields,
  };
}

function socketAddress(port = 0): { [field: string]: Json } {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

/** A listener as Envoy is configured with it. */
export function listenerJson({ name, filters, routes, manager: fields, port }: Listener): { [field: string]: Json } {
  const router: Json = {
    name: "envoy.filters.http.router",
    typed_config: { "@type": `${TYPE}envoy.extensions.filters.http.router.v3.Router` },
  };
  const manager: Json = {
    "@type": `${TYPE}envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager`,
    stat_prefix: name,
    route_config: { name, virtual_hosts: [{ name, domains: ["*"], routes }] },
    http_filters: [...filters, router],
    ...fields,
  };
  return {
    name,
    address: socketAddress(port),
    filter_chains: [{ filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager }] }],
  };
}
