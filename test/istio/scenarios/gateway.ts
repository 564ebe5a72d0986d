import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import { httpRoute } from "../harness/gateway.ts";
import { inForce } from "../harness/in-force.ts";
import type { Mesh } from "../harness/mesh.ts";
import { wasmPlugin } from "../harness/plugins.ts";
import type { Identity, Workload } from "../harness/workload.ts";

const GATEWAY = "ingress";
const INGRESS: Identity = {
  name: "ingress",
  app: "ingress",
  version: "v1",
  serviceAccount: "ingress",
  gateway: GATEWAY,
};
const HOST = "httpbin.example.com";

/** A WasmPlugin by `targetRefs`: for a Gateway of Kubernetes' Gateway API, and nobody else. */
export function gateway(mesh: () => Mesh): void {
  test("authz by targetRefs decides at the Gateway, and at no sidecar", async (t) => {
    const ingress: Workload = await mesh().startWorkload(INGRESS);
    await mesh().apply(t, httpRoute(GATEWAY, "httpbin", mesh().servicePort));
    const status = async (path: string): Promise<number> => (await ingress.receive({ path }, HOST)).status;
    await until("the route to be in force", async () => (await status("/denied")) === 200);

    const plugin = wasmPlugin("at-the-gateway", {
      ...mesh().image("authz"),
      targetRefs: [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: GATEWAY }],
      phase: "AUTHZ",
      failStrategy: "FAIL_CLOSE",
      pluginConfig: {
        policies: [{ name: "denying", action: "DENY", rules: [{ to: [{ operation: { paths: ["/denied"] } }] }] }],
      },
    });
    await mesh().apply(t, plugin);
    await inForce(ingress, "at-the-gateway");
    await until("the Gateway to deny", async () => (await status("/denied")) === 403);

    assert.equal(await status("/allowed"), 200);
    assert.equal((await mesh().sleep.send({ host: "httpbin", path: "/denied" })).status, 200);
    for (const { admin } of [mesh().sleep, mesh().httpbin])
      assert.ok(!(await admin.get("/config_dump")).includes("at-the-gateway"));
  });
}
