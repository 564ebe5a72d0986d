/** What the listeners of an oracle on VirtualServices have in common, native or with a filter. */
import { lua, typed } from "../../support/envoy/index.ts";
import type { JsonObject, Listener } from "../../support/envoy/index.ts";
import type { Json } from "./translate-match.ts";
import { CLAIMS } from "./vocabulary.ts";

/** The cluster that everything is forwarded to. */
export const CLUSTER = "echo";

/** A header mutation that overwrites. */
export function overwrite(key: string, value: string): Json {
  return { header: { key, value }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" };
}

/** Takes what no route takes, on both listeners, so that it too shows what the upstream gets. */
export function fallback(route: Json = {}, cluster = CLUSTER): Json {
  return { match: { prefix: "/" }, route: { cluster, timeout: "0s" }, ...route };
}

/** Virtual hosts of which each ends with `route`, and one for all other hosts with nothing but it. */
export function endingWith(hosts: readonly Json[], route: Json): Json[] {
  const all = hosts.map((host) => ({ ...host, routes: [...(host["routes"] as Json[]), route] }));
  const takesAll = hosts.some((host) => (host as { domains?: string[] }).domains?.includes("*"));
  return takesAll ? all : [...all, { name: "nothing", domains: ["*"], routes: [route] }];
}

/** How a listener differs from others. */
export interface Options {
  /** Whether requests have a token that was verified; true unless it says otherwise. */
  hasToken?: boolean;
  /** Further fields of the HTTP connection manager. */
  manager?: JsonObject;
}

/** A listener with Istio's HTTP connection manager as far as it matters here. */
export function listener(
  name: string,
  filters: readonly JsonObject[],
  routeConfig: Json,
  { hasToken = true, manager = {} }: Options = {},
): Listener {
  const proxyProtocol = typed("envoy.extensions.filters.listener.proxy_protocol.v3.ProxyProtocol");
  return {
    name,
    chains: [
      {
        filters: [...(hasToken ? verifiesToken() : []), ...filters],
        manager: {
          route_config: { name, ...routeConfig } as JsonObject,
          normalize_path: true,
          generate_request_id: false,
          server_header_transformation: "PASS_THROUGH",
          upgrade_configs: [{ upgrade_type: "websocket" }],
          ...manager,
        },
      },
    ],
    listener: { listener_filters: [{ name: "proxy_protocol", typed_config: proxyProtocol }] },
  };
}

/**
 * What jwt_authn does at a gateway: the claims are in the metadata, and Envoy forgets the route that it took before any filter
 * ran (istio `plugin/authn/authentication.go`: `clear_route_cache` for all proxies but sidecars, which have no jwt_authn where
 * VirtualServices decide).
 */
function verifiesToken(): JsonObject[] {
  const claims = typed("envoy.extensions.filters.http.set_metadata.v3.Config", {
    metadata: [{ metadata_namespace: "envoy.filters.http.jwt_authn", value: { payload: CLAIMS } }],
  });
  const clearing = lua("function envoy_on_request(handle) handle:clearRouteCache() end");
  return [{ name: "claims", typed_config: claims }, clearing];
}

/** The PROXY protocol line that makes Envoy take the connection for one to that port. */
export function preface({ listenerPort }: { readonly listenerPort: number }): string {
  return `PROXY TCP4 127.0.0.1 127.0.0.1 40000 ${listenerPort}\r\n`;
}
