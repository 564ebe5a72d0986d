import type { Demonstration } from "./demonstration.ts";

/** Each request by what became of it, how long it took, and what each section wrote. */
export const SIGNALBOX: Demonstration = {
  filter: "signalbox",
  accessLog:
    "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% (%RESPONSE_CODE_DETAILS%) in %DURATION% ms " +
    "(x-subset: %REQ(X-SUBSET)%, x-fault-injected: %RESP(X-FAULT-INJECTED)%, traceparent: %REQ(TRACEPARENT)%)\n",
  commands: (url) => [
    `curl -H 'x-caller: sleep' ${url}/reviews # a few times: one in ten is slow`,
    `curl -H 'x-caller: sleep' -H 'end-user: jason' ${url}/reviews`,
    `curl -H 'x-caller: sleep' -X POST ${url}/reviews`,
    `curl -H 'x-caller: sleep' -H 'b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1' ${url}/reviews`,
  ],
};
