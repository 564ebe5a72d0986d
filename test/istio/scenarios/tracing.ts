import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import { inForce } from "../harness/in-force.ts";
import { ROOT_NAMESPACE, TRACER } from "../harness/istiod.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { shownPlugin } from "../harness/plugins.ts";
import { steadily } from "../harness/steadily.ts";
import { seen, type Workload } from "../harness/workload.ts";
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

/**
 * What a sidecar's listeners have a tracer for, and whether that leaves headers alone. The filter says once what it finds, so it
 * must find what a test is about.
 */
async function tracers({ admin }: Workload): Promise<string> {
  const { configs } = JSON.parse(await admin.get("/config_dump")) as ConfigDump;
  const listeners = configs.flatMap(({ dynamic_listeners = [] }) => dynamic_listeners);
  const traced = listeners.map(({ active_state }) => active_state?.listener).filter((one) => one !== undefined);
  return traced
    .filter((listener) => JSON.stringify(listener).includes("envoy.tracers.opentelemetry"))
    .map((listener) => {
      const isSilent = JSON.stringify(listener).includes(`"no_context_propagation":true`);
      return `${listener.traffic_direction}${isSilent ? " silent" : ""}`;
    })
    .sort()
    .join(", ");
}

interface ConfigDump {
  configs: { dynamic_listeners?: { active_state?: { listener: { traffic_direction: string } } }[] }[];
}

/** Of the folders of `manifests/tracing/`, what tracers they leave at reviews. */
const LEFT: Readonly<Record<string, string>> = {
  off: "",
  "next-hop": "INBOUND",
  silent: "INBOUND silent, OUTBOUND silent",
};

/** trace-propagation at reviews, which passes on x-request-id alone, in a mesh whose sidecars have a tracer of their own. */
export function tracing(mesh: () => Mesh): void {
  const reviews = (): Workload[] => [mesh().reviewsV1, mesh().reviewsV2];
  const haveTracers = async (workloads: readonly Workload[], wanted: string): Promise<void> => {
    await until(`tracers for "${wanted}"`, async () =>
      (await Promise.all(workloads.map(tracers))).every((own) => own === wanted),
    );
  };
  /** Turns on tracing in the mesh, and then what `Telemetry` changes at reviews. */
  const trace = async (t: TestContext, changes: readonly Resource[], wanted: string): Promise<void> => {
    await haveTracers([...reviews(), mesh().sleep], "");
    await mesh().apply(t, TRACED);
    await haveTracers([...reviews(), mesh().sleep], "INBOUND, OUTBOUND");
    if (changes.length > 0) await mesh().apply(t, ...changes);
    await haveTracers(reviews(), wanted);
  };
  /** The trace of the call that reviews makes for a request of the trace `TRACE_ID`. */
  const through = async (): Promise<string | undefined> => {
    const headers = { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` };
    const call = seen(await mesh().sleep.send({ host: "reviews", path: "/call/httpbin", headers }));
    assert.equal(call.workload, "httpbin");
    return call.headers["traceparent"]?.slice(3, 35);
  };
  const propagate = async (t: TestContext, name: string): Promise<void> => {
    await mesh().apply(t, shownPlugin("trace-propagation", name, mesh().image("trace-propagation")));
    for (const workload of reviews()) await inForce(workload, name);
  };
  /** Sends requests until each of reviews has logged a line. */
  const logged = async (line: string, from: readonly number[]): Promise<void> => {
    await until(`reviews to log "${line}"`, async () => {
      await through();
      return reviews().every((workload, at) => workload.log().slice(from[at]).includes(line));
    });
  };
  const logLengths = (): number[] => reviews().map((workload) => workload.log().length);

  test("with Istio's tracing on, the trace breaks behind reviews, and the filter says why", async (t) => {
    const from = logLengths();
    await trace(t, [], "INBOUND, OUTBOUND");
    await propagate(t, "traces-beside");
    await steadily("each call begins a trace", async () => ![undefined, TRACE_ID].includes(await through()));
    await logged(BESIDE, from);
  });

  for (const [folder, wanted] of Object.entries(LEFT)) {
    test(`manifests/tracing/${folder}: the trace goes on through reviews`, async (t) => {
      if (folder === "silent" && ISTIO_VERSION === "1.29.1")
        return t.skip("disableContextPropagation is newer than Istio 1.29");
      const from = logLengths();
      await trace(t, await mesh().manifests(`tracing/${folder}`), wanted);
      await propagate(t, `traces-${folder}`);
      await steadily("the trace goes on", async () => (await through()) === TRACE_ID);
      // Of what comes in, the tracer of `next-hop` writes on; which way the first request goes is chance.
      await logged(folder === "next-hop" ? "trace headers behind trace-propagation" : ALONE, from);
    });
  }
}
