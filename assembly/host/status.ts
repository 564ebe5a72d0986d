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

/** What a headers callback tells the host to do next: proxy-wasm 0.2.1's `proxy_action_t`, which ends at 1, and one number more. */
export const enum Action {
  CONTINUE = 0,
  /** Stops at this filter. From a request's headers Envoy then also holds what follows, unless the plugin allows otherwise. */
  PAUSE = 1,
  /** No number of the ABI, so that proxy-wasm-cpp-host takes it for StopAllIterationAndWatermark: headers and all that follows are held until the request is continued. */
  HOLD = 4,
}
