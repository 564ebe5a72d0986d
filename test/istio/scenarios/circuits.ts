import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Answer } from "../harness/client.ts";
import { inForce } from "../harness/in-force.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin } from "../harness/plugins.ts";
import { oneRequestAConnection } from "../harness/services.ts";
import type { Workload } from "../harness/workload.ts";
import { RATINGS } from "./bookinfo.ts";

const HOST = "ratings";
const ERRORS_IN_A_ROW = 5;

/** A DestinationRule's outlier detection as users write it, with Istio's default `maxEjectionPercent` of 10. */
const OUTLIER_DETECTION = {
  consecutive5xxErrors: ERRORS_IN_A_ROW,
  interval: "30s",
  baseEjectionTime: "30s",
};

/** The one DestinationRule of ratings, with native outlier detection. */
function withOutlierDetection(): Resource {
  const rule = oneRequestAConnection(HOST);
  const spec = rule["spec"] as { trafficPolicy: object };
  return { ...rule, spec: { ...spec, trafficPolicy: { ...spec.trafficPolicy, outlierDetection: OUTLIER_DETECTION } } };
}

/** Waits until the cluster of ratings has native outlier detection or has none any more. */
async function untilDetected(workload: Workload, expected: boolean): Promise<void> {
  await until(`native outlier detection of ${HOST} to be ${expected ? "there" : "gone"}`, async () => {
    const clusters = (await workload.admin.get("/config_dump?resource=dynamic_active_clusters")).split('"cluster": {');
    const own = clusters.filter((cluster) => cluster.includes(`||${HOST}.default.svc.cluster.local"`));
    return own.length > 0 && own.every((cluster) => cluster.includes('"outlier_detection"') === expected);
  });
}

/** What a sidecar thinks of the endpoints of ratings: `healthy`, or why it is not (Envoy's `health_flags`). */
async function healthOfEndpoints(workload: Workload): Promise<string[]> {
  const lines = (await workload.admin.get("/clusters")).split("\n");
  const own = lines.filter((line) => line.includes(`||${HOST}.default.svc.cluster.local::`));
  return own.flatMap((line) => /::health_flags::(.+)$/.exec(line)?.[1] ?? []);
}

/** circuit-breaking beside native outlier detection, at a Service with one endpoint. */
export function circuits(mesh: () => Mesh): void {
  const fail = async (): Promise<Answer> => await mesh().sleep.send({ host: HOST, path: "/status/500" });
  const circuitOf = ({ headers }: Answer): unknown => headers["x-circuit-open"];

  const breaking = (name: string, outlierDetection: object): Resource =>
    wasmPlugin(name, {
      ...mesh().image("circuit-breaking"),
      selector: selecting("sleep"),
      match: [{ mode: "CLIENT" }],
      failStrategy: "FAIL_CLOSE",
      pluginConfig: {
        destinationRules: [{ name, namespace: "default", host: HOST, trafficPolicy: { outlierDetection } }],
      },
    });

  test("at one endpoint native outlier detection ejects nothing, and the same fields open a circuit", async (t) => {
    await mesh().startWorkload(RATINGS);
    const { sleep } = mesh();
    t.after(async () => {
      await mesh().change(oneRequestAConnection(HOST));
      await untilDetected(sleep, false);
    });
    await mesh().change(withOutlierDetection());
    await untilDetected(sleep, true);
    await until("ratings to be reached", async () => (await fail()).status === 500);

    for (let request = 0; request < 4 * ERRORS_IN_A_ROW; request++) assert.equal((await fail()).status, 500);
    assert.deepEqual(await healthOfEndpoints(sleep), ["healthy"]);

    await mesh().apply(t, breaking("circuit", OUTLIER_DETECTION));
    await inForce(sleep, "circuit");
    for (let request = 0; request < ERRORS_IN_A_ROW; request++) assert.equal((await fail()).status, 500);
    const refused = await fail();
    assert.equal(refused.status, 503);
    assert.equal(circuitOf(refused), "circuit");
    const retryAfter = Number(refused.headers["retry-after"]);
    assert.ok(retryAfter > 0 && retryAfter <= 30, `retry-after ${retryAfter}`);
    const other = await sleep.send({ host: "httpbin", path: "/status/500" });
    assert.equal(circuitOf(other), undefined, "the circuit is of ratings alone");
  });

  test("a circuit lets all in again once a probe succeeded", async (t) => {
    await mesh().startWorkload(RATINGS);
    await mesh().apply(t, breaking("short-circuit", { ...OUTLIER_DETECTION, baseEjectionTime: "1s" }));
    await inForce(mesh().sleep, "short-circuit");
    await until("the circuit to open", async () => circuitOf(await fail()) === "short-circuit");
    const ask = async (): Promise<Answer> => await mesh().sleep.send({ host: HOST });
    await until("a probe to be let in", async () => (await ask()).status === 200);
    for (let request = 0; request < 2 * ERRORS_IN_A_ROW; request++) assert.equal((await ask()).status, 200);
  });
}
