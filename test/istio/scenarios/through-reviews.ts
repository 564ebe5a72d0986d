import assert from "node:assert/strict";
import type { Mesh } from "../harness/mesh.ts";
import { seen } from "../harness/workload.ts";

/** The example of W3C Trace Context, section 3.2. */
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const PARENT_ID = "00f067aa0ba902b7";

/**
 * Has sleep send a request of the trace `TRACE_ID` to reviews, and gives the headers of the call that reviews makes for it, as the
 * application of httpbin sees them.
 */
export async function headersThroughReviews(
  mesh: Mesh,
  more: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const headers = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, ...more };
  const call = seen(await mesh.sleep.send({ host: "reviews", path: "/call/httpbin", headers }));
  assert.equal(call.workload, "httpbin");
  return call.headers;
}
