import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Resource } from "../harness/kubernetes.ts";
import { meanwhile } from "../harness/meanwhile.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin } from "../harness/plugins.ts";

const ROUNDS = 3;

/** A plugin that runs is changed while requests come in. */
export function updates(mesh: () => Mesh): void {
  const status = async (path = "/"): Promise<number> => (await mesh().sleep.send({ host: "httpbin", path })).status;
  const plugin = (form: "compat" | "artifact", pluginConfig: object): Resource =>
    wasmPlugin("updated", {
      ...mesh().image("authz", form),
      selector: selecting("httpbin"),
      match: [{ mode: "SERVER" }],
      phase: "AUTHZ",
      failStrategy: "FAIL_CLOSE",
      pluginConfig,
    });
  const denying = (path: string, form: "compat" | "artifact"): Resource =>
    plugin(form, { policies: [{ name: "x", action: "DENY", rules: [{ to: [{ operation: { paths: [path] } }] }] }] });

  test("another image and configuration of a plugin that runs: under load no request fails", async (t) => {
    await mesh().apply(t, denying("/0", "compat"));
    await until("the plugin to deny", async () => (await status("/0")) === 403);

    const answers = await meanwhile(status, async () => {
      for (let round = 1; round <= ROUNDS; round++) {
        await mesh().change(denying(`/${round}`, round % 2 === 0 ? "compat" : "artifact"));
        await until(`change ${round} to be in force`, async () => (await status(`/${round}`)) === 403);
      }
    });

    assert.deepEqual([...answers.keys()], [200]);
  });

  test("configurations that the filter refuses, pushed to a plugin that runs: under load no request fails", async (t) => {
    await mesh().apply(t, denying("/denied", "compat"));
    await until("the plugin to deny", async () => (await status("/denied")) === 403);

    const answers = await meanwhile(status, async () => {
      for (let round = 1; round <= ROUNDS; round++) {
        const from = mesh().httpbin.log().length;
        await mesh().change(plugin("compat", { [`unknown${round}`]: round }));
        await mesh().httpbin.logged(`unknown${round}`, from);
      }
    });

    assert.deepEqual([...answers.keys()], [200]);
    assert.equal(await status("/denied"), 403);
  });
}
