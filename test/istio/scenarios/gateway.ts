import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import { httpRoute } from "../harness/gateway.ts";
import { inForce } from "../harness/in-force.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin, type PluginSpec } from "../harness/plugins.ts";
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

/** A Gateway of Kubernetes' Gateway API, and the ways to put a plugin there. */
export function gateway(mesh: () => Mesh): void {
  const targetRefs = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: GATEWAY }];
  const denying = (name: string, path: string, spec: Omit<PluginSpec, "url">): Resource =>
    wasmPlugin(name, {
      ...mesh().image("authz"),
      phase: "AUTHZ",
      failStrategy: "FAIL_CLOSE",
      pluginConfig: {
        policies: [{ name: "denying", action: "DENY", rules: [{ to: [{ operation: { paths: [path] } }] }] }],
      },
      ...spec,
    });
  /** The gateway, with a route to httpbin, and what it answers to a request from outside. */
  const routed = async (t: TestContext): Promise<{ ingress: Workload; status: (path: string) => Promise<number> }> => {
    const ingress = await mesh().startWorkload(INGRESS);
    const backendRefs = [{ name: "httpbin", port: mesh().servicePort }];
    await mesh().apply(t, httpRoute("httpbin", [GATEWAY], HOST, [{ backendRefs }]));
    const status = async (path: string): Promise<number> => (await ingress.receive({ path }, HOST)).status;
    await until("the route to be in force", async () => (await status("/denied")) === 200);
    return { ingress, status };
  };

  test("authz by targetRefs decides at the Gateway, and at no sidecar", async (t) => {
    const { ingress, status } = await routed(t);
    await mesh().apply(t, denying("at-the-gateway", "/denied", { targetRefs }));
    await inForce(ingress, "at-the-gateway");
    await until("the Gateway to deny", async () => (await status("/denied")) === 403);

    assert.equal(await status("/allowed"), 200);
    assert.equal((await mesh().sleep.send({ host: "httpbin", path: "/denied" })).status, 200);
    for (const { admin } of [mesh().sleep, mesh().httpbin])
      assert.ok(!(await admin.get("/config_dump")).includes("at-the-gateway"));
  });

  test("at a Gateway a plugin is for CLIENT or for both, by selector too: for SERVER alone it is not there", async (t) => {
    const { ingress, status } = await routed(t);
    const selector = selecting(INGRESS.app);
    // istiod takes them in the order in which they come, so that it has seen the first once it has given the last.
    await mesh().apply(
      t,
      denying("for-server", "/server", { targetRefs, match: [{ mode: "SERVER" }] }),
      denying("for-client", "/client", { targetRefs, match: [{ mode: "CLIENT" }] }),
      denying("for-both", "/both", { selector }),
    );
    await inForce(ingress, "for-client");
    await inForce(ingress, "for-both");
    await until(
      "the Gateway to deny",
      async () => (await status("/client")) === 403 && (await status("/both")) === 403,
    );

    assert.equal(await status("/server"), 200);
  });
}
