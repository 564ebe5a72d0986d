/** What tests on a real Envoy are written with. */
export { BACKEND } from "./backend.ts";
export { answer, cluster, forward, header, listener, type HttpChain, type Listener } from "./bootstrap.ts";
export { Authority, type Identity } from "./certificates.ts";
export { until } from "../../../envoy/deadline.ts";
export { detailsOf, SHOWS_DETAILS } from "./details.ts";
export { Envoy, type EnvoyOptions, type Pushed } from "./envoy.ts";
export { type WasmFilter } from "../../../envoy/discovery.ts";
export { FeatureListeners, type Feature } from "./feature-listeners.ts";
export { discovered, filterState, inlineWasm, lua } from "./filters.ts";
export { valuesOf } from "./headers.ts";
export { fetchOnce, Http1, type Answer, type HeaderLine, type Request } from "./http1.ts";
export { Http2 } from "./http2.ts";
export { underLoad, type Load } from "./load.ts";
export { freePort } from "./ports.ts";
export { TokenIssuers } from "./tokens.ts";
export { typed, type Json, type JsonObject } from "../../../envoy/json.ts";
export { Upstream, type Seen } from "./upstream.ts";
