import assert from "node:assert/strict";
import { test } from "node:test";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, shownPlugin } from "../harness/plugins.ts";
import { seen } from "../harness/workload.ts";
import { JASON, jasonReachesV2 } from "./bookinfo.ts";

const REQUESTS = 20;

/** How many requests Envoy says that it sent to an endpoint of one of istiod's clusters. */
async function sentTo(mesh: Mesh, subset: string): Promise<number> {
  const cluster = `outbound|${mesh.servicePort}|${subset}|reviews.default.svc.cluster.local`;
  const lines = (await mesh.sleep.admin.get("/clusters")).split("\n");
  const counts = lines.filter((line) => line.startsWith(`${cluster}::127.`) && line.includes("::rq_total::"));
  assert.equal(counts.length, 1, `${cluster} has ${counts.length} endpoints`);
  return Number(counts[0]!.split("::rq_total::")[1]);
}

/** header-routing's own manifest: the plugin says who gets which subset, a VirtualService and a DestinationRule that never change how. */
export function routing(mesh: () => Mesh): void {
  test("jason's requests reach subset v2 through istiod's cluster of it, everyone else's v1", async (t) => {
    const plugin = shownPlugin("header-routing", "reviews-by-user", {
      ...mesh().image("header-routing"),
      selector: selecting("sleep"), // where the manifest has productpage
      failStrategy: "FAIL_CLOSE",
    });
    const others = (await mesh().manifests("base/header-routing")).filter(({ kind }) => kind !== "WasmPlugin");
    const ask = async (headers: Record<string, string>): Promise<ReturnType<typeof seen>> =>
      seen(await mesh().sleep.send({ host: "reviews", path: "/reviews/1", headers }));

    await mesh().apply(t, ...others, plugin);
    await jasonReachesV2(mesh().sleep);

    const before = { v1: await sentTo(mesh(), "v1"), v2: await sentTo(mesh(), "v2") };
    for (let request = 0; request < REQUESTS; request++) {
      const jasons = await ask(JASON);
      assert.equal(jasons.workload, "reviews-v2");
      assert.equal(jasons.headers["x-subset"], undefined, "the header that steers is removed on the way");
      // Nobody steers by sending the header.
      assert.equal((await ask({ "x-subset": "v2" })).workload, "reviews-v1");
    }
    assert.equal((await sentTo(mesh(), "v2")) - before.v2, REQUESTS);
    assert.equal((await sentTo(mesh(), "v1")) - before.v1, REQUESTS);
  });
}
