import { ROUTER } from "./filters.ts";
import { typed, type Json, type JsonObject } from "../../../envoy/json.ts";
import { downstreamTls, type ServerTls } from "./tls.ts";

/** One filter chain of a listener: HTTP, its routes fixed. */
export interface HttpChain {
  /** HTTP filters before the router, in order. */
  filters?: readonly JsonObject[];
  /** Routes of the only virtual host, first match first; `virtualHosts` instead gives them all. */
  routes?: readonly JsonObject[];
  virtualHosts?: readonly JsonObject[];
  /** Which connections of the listener it takes (`envoy.config.listener.v3.FilterChainMatch`). */
  match?: JsonObject;
  /** The certificate to answer TLS with; plaintext where absent. */
  tls?: ServerTls;
  /** A format string; each request writes one line, which `Envoy.accessLog` gives. */
  accessLog?: string;
  /** Further fields of the HTTP connection manager. */
  manager?: JsonObject;
}

/** A listener on a free port of 127.0.0.1. */
export interface Listener {
  /** What `Envoy.port` is asked for; also the stat prefix. */
  name: string;
  chains: readonly HttpChain[];
  /** Further fields of the listener, such as `traffic_direction`. */
  listener?: JsonObject;
}

/** A listener with a single chain, which is what most tests need. */
export function listener(name: string, chain: HttpChain): Listener {
  return { name, chains: [chain] };
}

/** A route that answers by itself, `body` telling which one was taken. */
export function answer(body: string, match: JsonObject = { prefix: "/" }, route: JsonObject = {}): JsonObject {
  return { match, direct_response: { status: 200, body: { inline_string: body } }, ...route };
}

/** A route to a cluster. */
export function forward(cluster: string, match: JsonObject = { prefix: "/" }, route: JsonObject = {}): JsonObject {
  return { match, route: { cluster }, ...route };
}

/** A route match on the path prefix "/" and the exact value of one header. */
export function header(name: string, value: string): JsonObject {
  return { prefix: "/", headers: [{ name, string_match: { exact: value } }] };
}

/** A cluster of one endpoint on 127.0.0.1. */
export function cluster(name: string, port: number, fields: JsonObject = {}): JsonObject {
  return {
    name,
    type: "STATIC",
    // Envoy's own five seconds pass if many connections come at once to a server of this process, and the machine is busy.
    connect_timeout: "60s",
    load_assignment: {
      cluster_name: name,
      endpoints: [{ lb_endpoints: [{ endpoint: { address: socketAddress(port) } }] }],
    },
    ...fields,
  };
}

/** What an Envoy for a test consists of. */
export interface Bootstrap {
  listeners: readonly Listener[];
  clusters?: readonly JsonObject[];
  /** Node metadata, such as `{NAMESPACE: "default", LABELS: {app: "reviews"}}`. */
  metadata?: JsonObject;
  /** Further top-level fields of the bootstrap. */
  bootstrap?: JsonObject;
}

/** The whole configuration that Envoy starts with. Paths in it are relative to the folder that Envoy runs in. */
export function bootstrapJson({ listeners, clusters = [], metadata, bootstrap }: Bootstrap): JsonObject {
  return {
    node: { id: "test", cluster: "test", metadata },
    admin: { address: socketAddress(0) },
    // Each look at the statistics flushes them, which `Envoy.push` needs to know when all workers have caught up.
    stats_flush_on_admin: true,
    static_resources: { listeners: listeners.map(listenerJson), clusters },
    ...bootstrap,
  };
}

function socketAddress(port: number): JsonObject {
  return { socket_address: { address: "127.0.0.1", port_value: port } };
}

/** A listener as Envoy is configured with it. */
export function listenerJson({ name, chains, listener: fields }: Listener): JsonObject {
  const inspected = chains.some(({ match, tls }) => tls !== undefined && match !== undefined);
  return {
    name,
    address: socketAddress(0),
    listener_filters: inspected ? [TLS_INSPECTOR] : [],
    filter_chains: chains.map((chain, index) => ({
      name: `${name}-${index}`,
      filter_chain_match: chain.match,
      filters: [{ name: "envoy.filters.network.http_connection_manager", typed_config: manager(name, chain) }],
      transport_socket: chain.tls === undefined ? undefined : downstreamTls(chain.tls),
    })),
    ...fields,
  };
}

const TLS_INSPECTOR: JsonObject = {
  name: "envoy.filters.listener.tls_inspector",
  typed_config: typed("envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector"),
};

function manager(name: string, chain: HttpChain): Json {
  const virtualHosts = chain.virtualHosts ?? [{ name, domains: ["*"], routes: chain.routes ?? [] }];
  return typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
    stat_prefix: name,
    route_config: { name, virtual_hosts: virtualHosts },
    http_filters: [...(chain.filters ?? []), ROUTER],
    access_log: chain.accessLog === undefined ? undefined : [accessLog(chain.accessLog)],
    ...chain.manager,
  });
}

function accessLog(format: string): JsonObject {
  return {
    name: "envoy.access_loggers.file",
    typed_config: typed("envoy.extensions.access_loggers.file.v3.FileAccessLog", {
      path: "access.log",
      log_format: { text_format_source: { inline_string: `${format}\n` } },
    }),
  };
}
