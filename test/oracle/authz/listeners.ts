/**
 * Listeners as istiod sets up a sidecar's inbound ones (pilot/pkg/networking/core: `buildSidecarInboundHTTPOpts`,
 * `buildHTTPConnectionManager`), mTLS permissive, with what differs given: the filters that judge. Everything in front of
 * those is the same on all of them, and so is how a decision becomes visible.
 */
import type { Envoy, HttpChain, JsonObject, Listener } from "../../support/envoy/index.ts";
import { lua, typed } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { HAS_IPV6 } from "./loopback.ts";
import { jwtAuthn } from "./tokens.ts";
import { METADATA_HEADER, METADATA_LIST_HEADER } from "./vocabulary.ts";

/** The response header with Envoy's response-code details; for what the upstream answered it is `-`. */
export const DETAILS = "x-details";
/** The response header that only the upstream sets: what reached it. */
export const REACHED = "x-reached";
/** Where Envoy itself puts the direct peer's address for the filter. */
export const DIRECT_REMOTE_IP = "test.direct_remote_ip";

const UPSTREAM = "upstream";

function http(name: string, type: string, config: JsonObject): JsonObject {
  return { name, typed_config: typed(`envoy.extensions.filters.http.${type}`, config) };
}

/** Writes the metadata that conditions on `experimental.envoy.filters…` find: a string and a list of request headers. */
const METADATA: JsonObject = lua(`
  function envoy_on_request(handle)
    local metadata = handle:streamInfo():dynamicMetadata()
    local group = handle:headers():get("${METADATA_HEADER}")
    if group ~= nil then metadata:set("envoy.filters.http.test", "group", group) end
    local line = handle:headers():get("${METADATA_LIST_HEADER}")
    if line == nil then return end
    local groups = {}
    for name in string.gmatch(line, "[^;]+") do table.insert(groups, name) end
    metadata:set("envoy.filters.http.test", "groups", groups)
  end`);

const DIRECT_PEER: JsonObject = http("direct-peer", "set_filter_state.v3.Config", {
  on_request_headers: [
    {
      object_key: DIRECT_REMOTE_IP,
      factory_key: "envoy.string",
      format_string: { text_format_source: { inline_string: "%DOWNSTREAM_DIRECT_REMOTE_ADDRESS_WITHOUT_PORT%" } },
    },
  ],
});

function additions(headers: Readonly<Record<string, string>>): JsonObject[] {
  return Object.entries(headers).map(([key, value]) => ({
    header: { key, value },
    append_action: "OVERWRITE_IF_EXISTS_OR_ADD",
    keep_empty_value: true,
  }));
}

/** Every local reply. */
const ALWAYS: JsonObject = {
  status_code_filter: { comparison: { op: "GE", value: { default_value: 100, runtime_key: "none" } } },
};

/** What differs between listeners. */
export interface ListenerOptions {
  name: string;
  /** What judges. */
  filters: readonly JsonObject[];
  /** Response headers with format strings, beside the details. */
  shown?: Readonly<Record<string, string>>;
  tls: ServerTls;
}

/** A listener for TLS and plaintext on 127.0.0.1 and, where there is one, ::1; each connection starts with PROXY. */
export function inboundListener({ name, filters, shown = {}, tls }: ListenerOptions): Listener {
  const headers = additions({ [DETAILS]: "%RESPONSE_CODE_DETAILS%", ...shown });
  const chain: HttpChain = {
    filters: [METADATA, DIRECT_PEER, jwtAuthn(), ...filters],
    routes: [{ match: { prefix: "" }, route: { cluster: UPSTREAM, timeout: "0s" }, response_headers_to_add: headers }],
    manager: {
      normalize_path: true,
      path_with_escaped_slashes_action: "KEEP_UNCHANGED",
      use_remote_address: false,
      forward_client_cert_details: "APPEND_FORWARD",
      set_current_client_cert_details: { subject: true, dns: true, uri: true },
      server_name: "istio-envoy",
      upgrade_configs: [{ upgrade_type: "websocket" }],
      stream_idle_timeout: "0s",
      // Not Istio's: so that methods with a star, which conditions can ask for, get past the codec.
      http_protocol_options: { allow_custom_methods: true },
      local_reply_config: { mappers: [{ filter: ALWAYS, headers_to_add: headers }] },
    },
  };
  const inspectors = ["proxy_protocol.v3.ProxyProtocol", "tls_inspector.v3.TlsInspector"];
  return {
    name,
    chains: [{ ...chain, tls, match: { transport_protocol: "tls" } }, chain],
    listener: {
      listener_filters: inspectors.map((type) => ({
        name: type,
        typed_config: typed(`envoy.extensions.filters.listener.${type}`),
      })),
      ...(HAS_IPV6 && {
        additional_addresses: [{ address: { socket_address: { address: "::1", port_value: 0 } } }],
      }),
    },
  };
}

/** Of the bootstrap: as Istio's, Envoy takes the longer regular expressions that istiod makes (pkg/bootstrap/config.go). */
export const RUNTIME: JsonObject = {
  layered_runtime: { layers: [{ name: "static", static_layer: { "re2.max_program_size.error_level": 32_768 } }] },
};

/** The upstream, a listener of the same Envoy: it answers 200 `ok` and what of the request reached it. */
export function upstreamListener(port: number): Listener {
  const seen = "%REQ(:METHOD)% %REQ(:AUTHORITY)% %REQ(:PATH)%";
  return {
    name: UPSTREAM,
    chains: [
      {
        routes: [
          {
            match: { prefix: "" },
            direct_response: { status: 200, body: { inline_string: "ok" } },
            response_headers_to_add: additions({ [REACHED]: seen }),
          },
        ],
        manager: { http_protocol_options: { allow_custom_methods: true } },
      },
    ],
    listener: { address: { socket_address: { address: "127.0.0.1", port_value: port } } },
  };
}

/** Where a listener's connections go, by family. */
export interface Ports {
  v4: number;
  /** Absent where there is no IPv6. */
  v6?: number;
}

interface SocketAddress {
  socket_address: { port_value: number };
}

/** The ports of all listeners by name. */
export async function listenerPorts(envoy: Envoy): Promise<Map<string, Ports>> {
  const { listener_statuses } = JSON.parse(await envoy.admin.get("/listeners?format=json")) as {
    listener_statuses: { name: string; local_address: SocketAddress; additional_local_addresses?: SocketAddress[] }[];
  };
  return new Map(
    listener_statuses.map(({ name, local_address, additional_local_addresses: [second] = [] }) => {
      const v4 = local_address.socket_address.port_value;
      return [name, second === undefined ? { v4 } : { v4, v6: second.socket_address.port_value }];
    }),
  );
}
