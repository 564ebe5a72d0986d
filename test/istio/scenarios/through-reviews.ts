import assert from "node:assert/strict";
import type { Mesh } from "../harness/mesh.ts";
import { seen } from "../harness/workload.ts";

/** The example of W3C Trace Context, section 3.2. */
export const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
export const PARENT_ID = "00f067aa0ba902b7";

/**
 * Has sleep send a request of the trace `TRACE_ID` to an application, and gives the headers of the call that this makes for it to
 * `callee`, as the application of that one sees them.
 */
export async function headersThrough(
  mesh: Mesh,
  host: string,
  callee: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const headers = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`, ...more };
  const call = seen(await mesh.sleep.send({ host, path: `/call/${callee}`, headers }));
  assert.ok(call.workload.startsWith(callee), call.workload);
  return call.headers;
}

/** The same through reviews to httpbin. */
export async function headersThroughReviews(
  mesh: Mesh,
  more: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  return await headersThrough(mesh, "reviews", "httpbin", more);
}
