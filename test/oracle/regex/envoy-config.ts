/**
 * Envoy configurations that make RE2 answer, as Envoy's own routes use it.
 *
 * `re2.max_program_size.error_level` is what Istio's bootstrap sets.
 */

type Json = Record<string, unknown>;

const RUNTIME: Json = {
  layers: [{ name: "static", static_layer: { "re2.max_program_size.error_level": 32768 } }],
};

const typed = (type: string, fields: Json): Json => ({ "@type": `type.googleapis.com/${type}`, ...fields });

function bootstrap(fields: Json): Json {
  const admin = { address: { socket_address: { address: "127.0.0.1", port_value: 0 } } };
  return { node: { id: "regex", cluster: "regex" }, admin, layered_runtime: RUNTIME, ...fields };
}

function connectionManager(virtualHosts: readonly Json[], httpFilters: readonly Json[]): Json {
  const router = {
    name: "envoy.filters.http.router",
    typed_config: typed("envoy.extensions.filters.http.router.v3.Router", {}),
  };
  return {
    name: "envoy.filters.network.http_connection_manager",
    typed_config: typed("envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", {
      stat_prefix: "regex",
      route_config: { virtual_hosts: virtualHosts },
      http_filters: [...httpFilters, router],
    }),
  };
}

const respond = (status: number): Json => ({ direct_response: { status } });

/**
 * Listeners that nothing can reach, each with one pattern: Envoy refuses those whose pattern RE2 refuses. The pattern
 * stands in a network filter, whose matcher of strings is that of routes and is made faster.
 */
export function listenersOf(patterns: readonly string[]): Json {
  const echo = { name: "echo", typed_config: typed("envoy.extensions.filters.network.echo.v3.Echo", {}) };
  const resources = patterns.map((regex, index) => {
    const permissions = [{ requested_server_name: { safe_regex: { regex } } }];
    const policies = { only: { permissions, principals: [{ any: true }] } };
    const rbac = typed("envoy.extensions.filters.network.rbac.v3.RBAC", { stat_prefix: "regex", rules: { policies } });
    return typed("envoy.config.listener.v3.Listener", {
      name: String(index),
      bind_to_port: false,
      address: { socket_address: { address: `127.1.${index >> 8}.${index & 255}`, port_value: 9 } },
      filter_chains: [{ filters: [{ name: "rbac", typed_config: rbac }, echo] }],
    });
  });
  return { version_info: "1", resources };
}

/** An Envoy that reads its listeners from a file. */
export function bootstrapForListeners(file: string): Json {
  return bootstrap({ dynamic_resources: { lds_config: { path_config_source: { path: file } } } });
}

/**
 * Takes the text to match out of the header `x`, where it stands in hexadecimal, so that it can be any bytes at all.
 * What is matched is then dynamic metadata, through the same matcher of strings that headers go through.
 */
const DECODE = `
function envoy_on_request(handle)
  local text = string.gsub(handle:headers():get("x"), "..", function(digits)
    return string.char(tonumber(digits, 16))
  end)
  handle:streamInfo():dynamicMetadata():set("regex", "text", text)
  handle:clearRouteCache()
end`;

/** An Envoy that answers 200 where the pattern that `host: <number>` picks matches the text, else 404. */
export function bootstrapForMatches(patterns: readonly string[]): Json {
  const hosts = patterns.map((pattern, index) => {
    const value = { string_match: { safe_regex: { regex: pattern } } };
    const match = { prefix: "/", dynamic_metadata: [{ filter: "regex", path: [{ key: "text" }], value }] };
    const routes = [
      { match, ...respond(200) },
      { match: { prefix: "/" }, ...respond(404) },
    ];
    return { name: String(index), domains: [String(index)], routes };
  });
  const lua = {
    name: "envoy.filters.http.lua",
    typed_config: typed("envoy.extensions.filters.http.lua.v3.Lua", { default_source_code: { inline_string: DECODE } }),
  };
  const address = { socket_address: { address: "127.0.0.1", port_value: 0 } };
  const listener = { name: "matches", address, filter_chains: [{ filters: [connectionManager(hosts, [lua])] }] };
  return bootstrap({ static_resources: { listeners: [listener] } });
}
