import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mesh } from "../harness/mesh.ts";
import { shownPlugin } from "../harness/plugins.ts";
import { steadily } from "../harness/steadily.ts";
import { PARENT_ID, TRACE_ID, headersThroughReviews } from "./through-reviews.ts";

const REQUESTS = 20;

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** trace-propagation at an application that hands on x-request-id and nothing else. */
export function traces(mesh: () => Mesh): void {
  test("a trace goes on through an application that passes on x-request-id alone", async (t) => {
    /** What httpbin sees of the call that reviews makes for a request of sleep's. */
    const through = async (): Promise<Readonly<Record<string, string>>> =>
      await headersThroughReviews(mesh(), { tracestate: "vendor=value" });
    assert.equal((await through())["traceparent"], undefined, "the application alone loses the trace");

    const shown = shownPlugin("trace-propagation", "traces-of-reviews", mesh().image("trace-propagation"));
    await mesh().apply(t, shown);
    const spans = new Set<string>();
    await steadily("the trace goes on", async () => ((await through())["traceparent"] ?? "").includes(TRACE_ID));

    for (let request = 0; request < REQUESTS; request++) {
      const headers = await through();
      const [, trace, span = "", flags] = TRACEPARENT.exec(headers["traceparent"] ?? "") ?? [];
      assert.equal(trace, TRACE_ID);
      assert.equal(flags, "01");
      assert.notEqual(span, PARENT_ID);
      assert.match(headers["tracestate"] ?? "", /(^|,)vendor=value$/);
      spans.add(span);
    }
    assert.equal(spans.size, REQUESTS, "each call is a span of its own");
  });
}
