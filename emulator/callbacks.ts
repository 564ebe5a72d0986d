/** Every function that a module may export for the proxy to call, with its type (proxy-wasm-cpp-host wasm.h). */
export const CALLBACKS = {
  proxy_on_context_create: "ii:",
  proxy_on_vm_start: "ii:i",
  proxy_on_configure: "ii:i",
  proxy_on_tick: "i:",
  proxy_on_request_headers: "iii:i",
  proxy_on_request_body: "iii:i",
  proxy_on_request_trailers: "ii:i",
  proxy_on_response_headers: "iii:i",
  proxy_on_response_body: "iii:i",
  proxy_on_response_trailers: "ii:i",
  proxy_on_http_call_response: "iiiii:",
  proxy_on_queue_ready: "ii:",
  proxy_on_foreign_function: "iii:",
  proxy_on_done: "i:i",
  proxy_on_log: "i:",
  proxy_on_delete: "i:",
} as const;

export type Callback = keyof typeof CALLBACKS;

/** What the proxy calls besides, whatever the capabilities are. */
export const ENTRY_POINTS: Readonly<Record<string, string>> = {
  _initialize: ":",
  _start: ":",
  main: "ii:i",
  __main_void: ":i",
  malloc: "i:i",
  proxy_on_memory_allocate: "i:i",
};

/** The names that stand for the ABI's versions; this host speaks the last one. */
export const ABI_VERSION = "proxy_abi_version_0_2_1";
export const OLDER_ABI_VERSIONS = ["proxy_abi_version_0_1_0", "proxy_abi_version_0_2_0"];
