/** What a host call gives back (proxy-wasm 0.2.1, `proxy_status_t`). 5, 9 and 11 are historical. */
export const enum Status {
  OK = 0,
  NOT_FOUND = 1,
  BAD_ARGUMENT = 2,
  SERIALIZATION_FAILURE = 3,
  PARSE_FAILURE = 4,
  INVALID_MEMORY_ACCESS = 6,
  EMPTY = 7,
  CAS_MISMATCH = 8,
  INTERNAL_FAILURE = 10,
  UNIMPLEMENTED = 12,
}

/** What a headers callback tells the host to do next (proxy-wasm 0.2.1, `proxy_action_t`). */
export const enum Action {
  CONTINUE = 0,
  /** Stops at this filter. From a request's headers Envoy then also holds what follows, unless the plugin allows otherwise. */
  PAUSE = 1,
  /** Envoy's StopAllIterationAndWatermark: the request is held here, headers and all that follows, until it is continued. */
  HOLD = 4,
}
