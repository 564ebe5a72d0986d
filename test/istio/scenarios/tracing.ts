import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Resource } from "../harness/kubernetes.ts";
import { listenersOf } from "../harness/listeners.ts";
import type { Mesh } from "../harness/mesh.ts";
import { namesPlugin, shownPlugin } from "../harness/plugins.ts";
import { DIRECTIONS, TRACED, areTraced, type Tracers } from "../harness/tracers.ts";
import type { Workload } from "../harness/workload.ts";
import { ISTIO_VERSION } from "../programs/builds.ts";
import { TRACE_ID, headersThroughReviews } from "./through-reviews.ts";

const REQUESTS = 20;
/** What trace-propagation logs, once, of what it finds. */
const BESIDE = "Envoy's tracer overwrites the trace headers of trace-propagation";
const ALONE = "no Envoy tracer writes trace headers after trace-propagation";

/** The folders of `manifests/tracing`, what each makes of the tracers of reviews, and what trace-propagation then logs there. */
const ARRANGEMENTS: readonly [string, Tracers, string][] = [
  ["off", ["none", "none"], ALONE],
  // The log is of what shows first, a request that came in, and there the tracer is left as it was.
  ["next-hop", ["on", "none"], BESIDE],
  ["silent", ["silent", "silent"], ALONE],
];

/** trace-propagation at reviews, which passes on x-request-id alone, in a mesh whose sidecars have a tracer of their own. */
export function tracing(mesh: () => Mesh): void {
  const reviews = (): Workload[] => [mesh().reviewsV1, mesh().reviewsV2];

  /** Has the whole mesh traced but for what `telemetry` says, and waits until it is. */
  const trace = async (t: TestContext, telemetry: readonly Resource[], tracers: Tracers): Promise<void> => {
    // First the exception, as reviews would else be traced for a while.
    await mesh().apply(t, ...telemetry);
    await mesh().apply(t, TRACED);
    await until("httpbin to be traced", async () => await areTraced([mesh().httpbin], ["on", "on"]));
    await until(`reviews to be traced: ${tracers.join(", ")}`, async () => await areTraced(reviews(), tracers));
  };

  /** Applies the plugin, and waits until reviews has it in both directions: what it logs is of the first request that it sees. */
  const propagate = async (t: TestContext, name: string): Promise<void> => {
    await mesh().apply(t, shownPlugin("trace-propagation", name, mesh().image("trace-propagation")));
    for (const { admin } of reviews())
      for (const direction of DIRECTIONS)
        await until(`${name} to be in force`, async () =>
          namesPlugin(await listenersOf(admin, direction), "default", name),
        );
  };

  /** The traces of the calls that reviews makes for requests of the trace `TRACE_ID`, as the called application sees them. */
  const tracesBehindReviews = async (): Promise<(string | undefined)[]> => {
    const traces: (string | undefined)[] = [];
    for (let request = 0; request < REQUESTS; request++) {
      const headers = await headersThroughReviews(mesh());
      traces.push(headers["traceparent"]?.slice(3, 35));
    }
    return traces;
  };

  const logLengths = (): number[] => reviews().map((workload) => workload.log().length);
  const logged = async (line: string, from: readonly number[]): Promise<void> => {
    await Promise.all(reviews().map(async (workload, at) => await workload.logged(line, from[at])));
  };

  test("with Istio's tracing on, the trace breaks behind reviews, and the filter says why", async (t) => {
    const from = logLengths();
    await trace(t, [], ["on", "on"]);
    await propagate(t, "traces-beside");

    const traces = await tracesBehindReviews();
    assert.ok(!traces.includes(TRACE_ID) && !traces.includes(undefined), String(traces));
    assert.equal(new Set(traces).size, REQUESTS, "each call begins a trace");
    await logged(BESIDE, from);
  });

  for (const [folder, tracers, line] of ARRANGEMENTS) {
    test(`manifests/tracing/${folder}: the trace goes on through reviews`, async (t) => {
      if (folder === "silent" && ISTIO_VERSION === "1.29.1")
        return t.skip("disableContextPropagation is newer than Istio 1.29");
      const from = logLengths();
      await trace(t, await mesh().manifests(`tracing/${folder}`), tracers);
      await propagate(t, `traces-${folder}`);

      assert.deepEqual(
        await tracesBehindReviews(),
        Array.from({ length: REQUESTS }, () => TRACE_ID),
      );
      await logged(line, from);
    });
  }
}
