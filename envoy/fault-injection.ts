import type { Demonstration } from "./demonstration.ts";

/** Each request by what befell it, which the response says, and how long it took. */
export const FAULT_INJECTION: Demonstration = {
  filter: "fault-injection",
  accessLog:
    "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% in %DURATION% ms (x-fault-injected: %RESP(X-FAULT-INJECTED)%)\n",
  commands: (url) => [
    `curl ${url}/ratings`,
    `curl -H 'end-user: jason' ${url}/ratings`,
    `curl -i ${url}/reviews # a few times: one in two fails`,
  ],
};
