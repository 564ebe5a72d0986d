import type { Demonstration } from "./demonstration.ts";

/** Each request by who answered it, and each change of the circuit's state as the filter logs it. */
export const CIRCUIT_BREAKING: Demonstration = {
  filter: "circuit-breaking",
  accessLog:
    "%REQ(:METHOD)% %REQ(:PATH)% → %RESPONSE_CODE% (%RESPONSE_CODE_DETAILS%) in %DURATION% ms " +
    "(retry-after: %RESP(RETRY-AFTER)%)\n",
  commands: (url) => [
    `curl ${url}/answer-with/503 # reviews fails from now on`,
    `curl -i ${url}/reviews # a few times: the third error opens the circuit`,
    `curl ${url}/answer-with/200 # reviews is well again`,
    `curl -i ${url}/reviews # once retry-after is over: the probe, which closes the circuit`,
  ],
  shown: (line) => /^circuit-breaking: (".* -> .*)$/.exec(line)?.[1],
};
