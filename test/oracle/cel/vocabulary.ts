/** What generated expressions are made of, by Envoy's sources and not by the command's own tables. */
export type Type = "bool" | "int" | "uint" | "double" | "string" | "bytes" | "timestamp" | "duration" | "list" | "map";
export const TYPES: readonly Type[] = [
  "bool",
  "int",
  "uint",
  "double",
  "string",
  "bytes",
  "timestamp",
  "duration",
  "list",
  "map",
];

/** What every request has when its headers come, by type; and maps whose keys depend on others. */
export const ATTRIBUTES: Readonly<Partial<Record<Type, readonly string[]>>> = {
  bool: ["connection.mtls"],
  int: [
    ...["headers_bytes", "size", "total_size"].map((name) => `request.${name}`),
    ...["flags", "headers_bytes", "size", "total_size"].map((name) => `response.${name}`),
    "source.port",
    "destination.port",
    "xds.listener_direction",
  ],
  uint: ["connection.id", "connection_id", "upstream.request_attempt_count"],
  string: [
    ..."path url_path host scheme method referer id useragent query protocol".split(" ").map((one) => `request.${one}`),
    "request.headers['x-user']",
    "request.headers.`x-user`",
    'request["path"]',
    "source.address",
    "destination.address",
    "connection.requested_server_name",
    ...(
      "tls_version subject_local_certificate subject_peer_certificate uri_san_local_certificate " +
      "uri_san_peer_certificate dns_san_local_certificate dns_san_peer_certificate sha256_peer_certificate_digest"
    )
      .split(" ")
      .map((one) => `connection.${one}`),
    ..."id cluster user_agent_name user_agent_version locality.region locality.zone locality.sub_zone"
      .split(" ")
      .map((one) => `xds.node.${one}`),
    "xds.filter_chain_name",
    "xds.virtual_host_name",
    "plugin_name",
    "plugin_root_id",
    "plugin_vm_id",
  ],
  timestamp: ["request.time"],
  list: ["xds.node.client_features", "xds.node.extensions", "xds.node.listening_addresses"],
  map: [
    "request.headers",
    "response.headers",
    "response.trailers",
    "metadata.filter_metadata",
    "metadata.typed_filter_metadata",
    "filter_state",
    "xds.node.metadata",
    "xds.node.dynamic_parameters",
    "xds.listener_metadata.filter_metadata",
  ],
};

/** What may be there when a request's headers come: its absence is no fault of the expression. */
export const SOMETIMES: readonly string[] = [
  "request.duration > duration('1s')",
  ..."code grpc_status".split(" ").map((name) => `response.${name} == 1`),
  "response.code_details == 'a'",
  "response.backend_latency > duration('1s')",
  "connection.termination_details == ''",
  "connection.transport_failure_reason == ''",
  ..."address local_address transport_failure_reason".split(" ").map((name) => `upstream.${name} == ''`),
  "upstream.port == 1",
  "upstream.locality.zone == ''",
  "upstream.cx_pool_ready_duration > duration('1s')",
  "upstream.num_endpoints > 0u",
  "upstream.uri_san_peer_certificate == ''",
  ..."cluster_name route_name".split(" ").map((name) => `xds.${name} == ''`),
  ...["cluster", "route", "virtual_host", "upstream_host", "upstream_host_locality"].map(
    (name) => `'a' in xds.${name}_metadata.filter_metadata`,
  ),
  "metadata.filter_metadata['a'].b.c == 'd'",
  "metadata.filter_metadata['a']['b'] == 1.0",
  "metadata.typed_filter_metadata['a'].b == 1",
  "filter_state['wasm.a'] == 'b'",
  "filter_state.a.b",
  "upstream_filter_state['a'] == b'c'",
  "xds.node.metadata.NAMESPACE == 'default'",
  "xds.node.metadata['LABELS']['app']",
  "request.headers['x-absent'] == 'a'",
  "request.headers.absent.startsWith('a')",
];

export const LITERALS: Readonly<Record<Type, readonly string[]>> = {
  bool: ["true", "false"],
  int: ["0", "1", "-7", "42", "0x1F", "-9223372036854775808", "9223372036854775807"],
  uint: ["0u", "1u", "0xFFu", "18446744073709551615u"],
  double: ["0.5", "-1.25", "1e3", ".5", "2.5E-3"],
  string: ["'a'", '"b"', "'''c'd'''", '"""e"f"""', 'r"\\d"', "'\\n\\x41\\u00e9\\U0001F600\\101'", "'é'", "''"],
  bytes: ["b'a'", 'b"\\xff\\377"', "br'\\d'", "B'''é'''"],
  timestamp: ["timestamp('2026-01-31T08:00:00Z')", "timestamp('2026-01-31T08:00:00.5+01:00')"],
  duration: ["duration('90s')", "duration('1h30m')", "duration('-1.5ms')", "duration('0')"],
  list: ["[]", "[1, 2]", "['a', 1, true,]", "[[1], [2]]"],
  map: ["{}", "{'a': 1}", "{1: 'a', true: 'b',}", "{'a': {'b': [1]}}"],
};

export const CLOCK = ["getHours", "getMinutes", "getSeconds", "getMilliseconds"];
export const CALENDAR = ["getFullYear", "getMonth", "getDayOfYear", "getDayOfMonth", "getDate", "getDayOfWeek"];
export const ORDERS = ["<", "<=", ">", ">="];
export const NUMBERS: readonly Type[] = ["int", "uint", "double"];
/** Types with an order. */
export const ORDERED: readonly Type[] = ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration"];
