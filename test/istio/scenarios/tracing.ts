import assert from "node:assert/strict";
import { test } from "node:test";
import { ROOT_NAMESPACE, TRACER } from "../harness/istiod.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { shownPlugin } from "../harness/plugins.ts";
import { steadily } from "../harness/steadily.ts";
import { seen } from "../harness/workload.ts";
import { ISTIO_VERSION } from "../programs/builds.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT_ID = "00f067aa0ba902b7";
/** What trace-propagation logs, once, of what it finds. */
const BESIDE = "Envoy's own tracer writes trace headers behind trace-propagation";
const ALONE = "no tracer of Envoy's writes trace headers behind trace-propagation";

/** The whole mesh is traced by Envoy's OpenTelemetry tracer. */
const TRACED: Resource = {
  apiVersion: "telemetry.istio.io/v1",
  kind: "Telemetry",
  metadata: { name: "mesh-default", namespace: ROOT_NAMESPACE },
  spec: { tracing: [{ providers: [{ name: TRACER }], randomSamplingPercentage: 100 }] },
};

/** trace-propagation at reviews, which passes on x-request-id alone, in a mesh whose sidecars have a tracer of their own. */
export function tracing(mesh: () => Mesh): void {
  /** The trace of the call that reviews makes for a request of the trace `TRACE_ID`. */
  const through = async (): Promise<string | undefined> => {
    const headers = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` };
    const call = seen(await mesh().sleep.send({ host: "reviews", path: "/call/httpbin", headers }));
    assert.equal(call.workload, "httpbin");
    return call.headers["traceparent"]?.slice(3, 35);
  };
  const plugin = (name: string): Resource => shownPlugin("trace-propagation", name, mesh().image("trace-propagation"));
  const logged = async (line: string, from: readonly number[]): Promise<void> => {
    const reviews = [mesh().reviewsV1, mesh().reviewsV2];
    await Promise.all(reviews.map(async (workload, at) => await workload.logged(line, from[at])));
  };
  const logLengths = (): number[] => [mesh().reviewsV1, mesh().reviewsV2].map((workload) => workload.log().length);

  test("with Istio's tracing on, the trace breaks behind reviews, and the filter says why", async (t) => {
    const from = logLengths();
    await mesh().apply(t, TRACED, plugin("traces-beside"));
    await steadily("each call begins a trace", async () => ![undefined, TRACE_ID].includes(await through()));
    await logged(BESIDE, from);
  });

  for (const folder of ["off", "next-hop", "silent"]) {
    test(`manifests/tracing/${folder}: the trace goes on through reviews`, async (t) => {
      if (folder === "silent" && ISTIO_VERSION === "1.29.1")
        return t.skip("disableContextPropagation is newer than Istio 1.29");
      const from = logLengths();
      await mesh().apply(t, TRACED, ...(await mesh().manifests(`tracing/${folder}`)), plugin(`traces-${folder}`));
      await steadily("the trace goes on", async () => (await through()) === TRACE_ID);
      // The filter is where requests come in too, and there `next-hop` leaves the tracer as it is: it is what the filter meets first.
      await logged(folder === "next-hop" ? BESIDE : ALONE, from);
    });
  }
}
