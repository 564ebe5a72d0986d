import type { Demonstration } from "./demonstration.ts";

/** Each request with the trace context that it went on with, which the access log finds among its headers. */
export const TRACE_PROPAGATION: Demonstration = {
  filter: "trace-propagation",
  accessLog: "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% (traceparent: %REQ(TRACEPARENT)%)\n",
  commands: (url) => [
    `curl ${url}/reviews`,
    `curl -H 'b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1' ${url}/reviews`,
    `curl -H 'traceparent: 00-broken' ${url}/reviews`,
  ],
};
