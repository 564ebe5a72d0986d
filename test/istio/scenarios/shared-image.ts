import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin } from "../harness/plugins.ts";

/** Plugins of one image share a VM of the sidecar's; what one is told must not become the other's. */
export function sharedImage(mesh: () => Mesh): void {
  test("two WasmPlugins of one image on one workload have each its own configuration", async (t) => {
    const denying = (name: string, path: string): Resource =>
      wasmPlugin(name, {
        ...mesh().image("authz"),
        selector: selecting("httpbin"),
        match: [{ mode: "SERVER" }],
        phase: "AUTHZ",
        failStrategy: "FAIL_CLOSE",
        pluginConfig: { policies: [{ name, action: "DENY", rules: [{ to: [{ operation: { paths: [path] } }] }] }] },
      });
    const status = async (path: string): Promise<number> => (await mesh().sleep.send({ host: "httpbin", path })).status;

    await mesh().apply(t, denying("first", "/first"), denying("second", "/second"));
    await until("both to deny", async () => (await status("/first")) === 403 && (await status("/second")) === 403);
    assert.equal(await status("/third"), 200);

    // A change of one leaves the other as it is.
    await mesh().change(denying("first", "/third"));
    await until("the change to be in force", async () => (await status("/third")) === 403);
    assert.equal(await status("/first"), 200);
    assert.equal(await status("/second"), 403);
  });
}
