import type { Demonstration } from "./demonstration.ts";

/** Each request by its route, which `expose` puts where the access log finds it. */
export const HEADER_ROUTING: Demonstration = {
  filter: "header-routing",
  accessLog:
    "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% from %UPSTREAM_CLUSTER%, " +
    "by route %FILTER_STATE(wasm.header-routing.route:PLAIN)% (x-subset: %REQ(X-SUBSET)%)\n",
  commands: (url) => [`curl ${url}/reviews`, `curl -H 'end-user: jason' ${url}/reviews`],
};
