import assert from "node:assert/strict";
import { until } from "../../../envoy/deadline.ts";
import { inForce } from "../harness/in-force.ts";
import type { Mesh } from "../harness/mesh.ts";
import { steadily } from "../harness/steadily.ts";
import { seen, type Workload } from "../harness/workload.ts";
import { JASON, PRODUCTPAGE, RATINGS, jasonReachesV2 } from "./bookinfo.ts";
import { TRACE_ID, headersThrough, headersThroughReviews } from "./through-reviews.ts";

/** So many that without a tenth of them slow is less likely than once in 10^9 runs: 0.9^200. */
const FAULTS = 200;

/**
 * What the manifests of each module of `modules/` say that it does for Istio's samples, asked of the workloads. Throws where it does
 * not. `make check-filters` names a module that is not here.
 */
export const EFFECTS: Readonly<Record<string, (mesh: Mesh) => Promise<void>>> = {
  async authz(mesh) {
    const status = async (method: string): Promise<number> =>
      (await mesh.sleep.send({ host: "httpbin", method })).status;
    await until("the policy to be in force", async () => (await status("POST")) === 403);
    assert.equal(await status("GET"), 200);
    assert.equal((await mesh.reviewsV1.send({ host: "httpbin" })).status, 403);
  },

  async "circuit-breaking"(mesh) {
    const productpage = await mesh.startWorkload(PRODUCTPAGE);
    await inForce(productpage, "circuit-breaking");
    await until("the circuit of reviews to open", async () => {
      const { status, headers } = await productpage.send({ host: "reviews", path: "/status/500" });
      return status === 503 && headers["x-circuit-open"] === "reviews";
    });
    // Nobody else has a circuit.
    assert.equal((await mesh.sleep.send({ host: "reviews", path: "/status/500" })).status, 500);
  },

  async "fault-injection"(mesh) {
    for (const reviews of [mesh.reviewsV1, mesh.reviewsV2]) await inForce(reviews, "fault-injection");
    await inForce(await mesh.startWorkload(RATINGS), "fault-injection-inbound");
    const from = performance.now();
    const answer = await mesh.reviewsV1.send({ host: "ratings", headers: JASON });
    assert.equal(seen(answer).workload, "ratings");
    // A tenth of the requests is slow at ratings besides.
    assert.match(String(answer.headers["x-fault-injected"]), /^(slow, )?jason-waits$/);
    assert.ok(performance.now() - from >= 7_000, "jason waits 7 s");
  },

  async "header-routing"(mesh) {
    await jasonReachesV2(await mesh.startWorkload(PRODUCTPAGE));
  },

  async signalbox(mesh) {
    const productpage = await mesh.startWorkload(PRODUCTPAGE);
    const status = async (from: Workload, method: string): Promise<number> =>
      (await from.send({ host: "productpage", method })).status;
    await until("authz to be in force", async () => (await status(mesh.sleep, "POST")) === 403);
    assert.equal(await status(mesh.sleep, "GET"), 200);
    assert.equal(await status(mesh.reviewsV1, "GET"), 403);
    await jasonReachesV2(productpage);
    const through = await headersThrough(mesh, "productpage", "reviews");
    assert.ok(through["traceparent"]?.includes(TRACE_ID), "one trace");
    const faults = Array.from({ length: FAULTS }, async () => {
      const { headers } = await productpage.send({ host: "reviews" });
      return headers["x-fault-injected"];
    });
    const found = (await Promise.all(faults)).filter((fault) => fault !== undefined);
    assert.ok(found.length > 0 && found.every((fault) => fault === "slow"), `of ${FAULTS} requests ${String(found)}`);
  },

  async "trace-propagation"(mesh) {
    await steadily("the trace goes on through reviews", async () => {
      const headers = await headersThroughReviews(mesh);
      return headers["traceparent"]?.includes(TRACE_ID) === true;
    });
  },
};
