import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import { inForce } from "../harness/in-force.ts";
import type { Mesh } from "../harness/mesh.ts";
import { seen } from "../harness/workload.ts";
import { JASON, PRODUCTPAGE, RATINGS, jasonReachesV2 } from "./bookinfo.ts";

/** `kubectl apply --kustomize manifests/walkthrough`, with the images that were pushed, and nothing else. */
export function walkthrough(mesh: () => Mesh): void {
  test("the walk-through: jason sees v2, ratings is slow, and httpbin is for GET from sleep with mTLS", async (t) => {
    const productpage = await mesh().startWorkload(PRODUCTPAGE);
    const ratings = await mesh().startWorkload(RATINGS);
    await mesh().applyFolder(t, "walkthrough");

    await jasonReachesV2(productpage);

    const status = async (from: { send: Mesh["sleep"]["send"] }, method: string): Promise<number> =>
      (await from.send({ host: "httpbin", method })).status;
    await until("others to be refused", async () => (await status(productpage, "GET")) === 403);
    assert.equal(await status(mesh().sleep, "GET"), 200);
    assert.equal(await status(mesh().sleep, "POST"), 403);
    await until("plaintext to be refused", async () => {
      return await mesh()
        .httpbin.receive({})
        .then(
          () => false,
          () => true,
        );
    });

    for (const reviews of [mesh().reviewsV1, mesh().reviewsV2]) await inForce(reviews, "fault-injection");
    const started = performance.now();
    const answer = await mesh().reviewsV1.send({ host: "ratings", headers: JASON });
    assert.ok(performance.now() - started >= 7_000, "jason waits 7 s");
    assert.equal(seen(answer).workload, "ratings");
    assert.equal(answer.headers["x-fault-injected"], "jason-waits");
    // Were the plugin for where requests arrive there too, they would meet both.
    assert.doesNotMatch(await ratings.admin.get("/config_dump"), /fault-injection/);
  });
}
