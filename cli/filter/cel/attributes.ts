import {
  BOOL,
  DURATION,
  DYN,
  INT,
  STRING,
  TIMESTAMP,
  UINT,
  listOf,
  mapOf,
  type CelType,
  type Fields,
} from "./types.ts";

/** Several names of one type. */
function all(type: CelType, names: string): Fields {
  return Object.fromEntries(names.split(" ").map((name) => [name, type]));
}

const HEADERS = mapOf(STRING, STRING);
const STRUCT = mapOf(STRING, DYN);
/** `google.protobuf.Struct` and `Any` by the name of the filter that wrote them. */
const METADATA: CelType = {
  kind: "message",
  name: "Metadata",
  fields: { filter_metadata: mapOf(STRING, STRUCT), typed_filter_metadata: mapOf(STRING, DYN) },
};
const LOCALITY: CelType = { kind: "message", name: "Locality", fields: all(STRING, "region zone sub_zone") };
const NODE: CelType = {
  kind: "message",
  name: "Node",
  fields: {
    ...all(STRING, "id cluster user_agent_name user_agent_version"),
    metadata: STRUCT,
    dynamic_parameters: mapOf(STRING, DYN),
    locality: LOCALITY,
    user_agent_build_version: DYN,
    extensions: listOf(DYN),
    client_features: listOf(STRING),
    listening_addresses: listOf(DYN),
  },
};
/** What TLS says of either side of a connection. */
const TLS = all(
  STRING,
  "tls_version subject_local_certificate subject_peer_certificate uri_san_local_certificate uri_san_peer_certificate " +
    "dns_san_local_certificate dns_san_peer_certificate sha256_peer_certificate_digest",
);

/** The attributes of Envoy that have others within. */
const GROUPS: Readonly<Record<string, Fields>> = {
  request: {
    ...all(STRING, "path url_path host scheme method referer id useragent query protocol"),
    ...all(INT, "headers_bytes size total_size"),
    headers: HEADERS,
    time: TIMESTAMP,
    duration: DURATION,
  },
  response: {
    ...all(INT, "code flags grpc_status headers_bytes size total_size"),
    code_details: STRING,
    headers: HEADERS,
    trailers: HEADERS,
    backend_latency: DURATION,
  },
  connection: {
    mtls: BOOL,
    id: UINT,
    ...all(STRING, "requested_server_name termination_details transport_failure_reason"),
    ...TLS,
  },
  source: { address: STRING, port: INT },
  destination: { address: STRING, port: INT },
  upstream: {
    ...all(STRING, "address local_address transport_failure_reason"),
    port: INT,
    locality: LOCALITY,
    cx_pool_ready_duration: DURATION,
    ...all(UINT, "request_attempt_count num_endpoints"),
    ...TLS,
  },
  xds: {
    ...all(STRING, "cluster_name route_name virtual_host_name filter_chain_name"),
    ...all(
      METADATA,
      "cluster_metadata route_metadata virtual_host_metadata upstream_host_metadata upstream_host_locality_metadata " +
        "listener_metadata",
    ),
    listener_direction: INT,
    node: NODE,
  },
};

/**
 * The attributes that expressions in a Wasm filter have (Envoy's `source/extensions/filters/common/expr/context.cc`, and
 * `Context::findValue` in `source/extensions/common/wasm/context.cc` for the last four).
 */
export const ATTRIBUTES: Fields = {
  ...Object.fromEntries(
    Object.entries(GROUPS).map(([name, fields]): [string, CelType] => [name, { kind: "group", name, fields }]),
  ),
  metadata: METADATA,
  filter_state: mapOf(STRING, DYN),
  upstream_filter_state: mapOf(STRING, DYN),
  connection_id: UINT,
  ...all(STRING, "plugin_name plugin_root_id plugin_vm_id"),
};

/** What no request has yet when its headers come, which is when expressions are evaluated. */
export const TOO_EARLY: ReadonlySet<string> = new Set([
  "request.duration",
  ..."code code_details grpc_status backend_latency".split(" ").map((name) => `response.${name}`),
  ...Object.keys(GROUPS.upstream ?? {})
    .filter((name) => !["request_attempt_count", "num_endpoints"].includes(name))
    .map((name) => `upstream.${name}`),
]);
