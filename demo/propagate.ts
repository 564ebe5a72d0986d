import type { IncomingHttpHeaders } from "node:http";
import { Missing } from "../tools/envoy-binary.ts";

/** What the services pass on from the request that they serve to the requests that they send. */
export const PROPAGATE = ["none", "x-request-id", "all"] as const;
export type Propagate = (typeof PROPAGATE)[number];

/** What Bookinfo's services pass on because they need it themselves: who is logged in. */
const OF_THE_APPLICATION = /^end-user$/;

const PASSED: Readonly<Record<Propagate, RegExp>> = {
  none: OF_THE_APPLICATION,
  "x-request-id": /^(end-user|x-request-id)$/,
  all: /^(end-user|x-request-id|traceparent|tracestate|b3|x-b3-.*)$/,
};

/**
 * What `PROPAGATE` says; `x-request-id` if it is not set.
 *
 * @throws Missing if it is something else
 */
export function propagateIn(env: NodeJS.ProcessEnv): Propagate {
  const text = env.PROPAGATE || "x-request-id";
  const found = PROPAGATE.find((one) => one === text);
  if (found === undefined) throw new Missing(`PROPAGATE is ${text}, which is none of ${PROPAGATE.join(", ")}.`);
  return found;
}

/** The headers of a request that go on with the calls that it causes. */
export function passedOn(headers: IncomingHttpHeaders, propagate: Propagate): Record<string, string> {
  const passed: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value === "string" && PASSED[propagate].test(name)) passed[name] = value;
  }
  return passed;
}
