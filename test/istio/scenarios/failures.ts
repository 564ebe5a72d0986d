import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Answer } from "../harness/client.ts";
import { inForce } from "../harness/in-force.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting, wasmPlugin, type PluginSpec } from "../harness/plugins.ts";
import type { Identity } from "../harness/workload.ts";

const OTHER_DIGEST = "deadbeef".repeat(8);

const LATE: Identity = { name: "late", app: "late", version: "v1", serviceAccount: "late" };
const AT_LATE = { selector: selecting("late"), match: [{ mode: "SERVER" }] } as const;

/** Denies one path, so that it shows when it is in force. */
function denying(path: string): object {
  return { policies: [{ name: "denying", action: "DENY", rules: [{ to: [{ operation: { paths: [path] } }] }] }] };
}

/** `polices` is no field. */
const BAD = { polices: [] };
const COMPLAINT = "polices";
/** What the alert SignalboxConfigurationRefused asks for. */
const REJECTS = 'pilot_total_xds_rejects{type="ecds"}';

/** authz at httpbin. */
function authz(name: string, spec: PluginSpec): Resource {
  return wasmPlugin(name, { selector: selecting("httpbin"), match: [{ mode: "SERVER" }], phase: "AUTHZ", ...spec });
}

/** What a user sees of what goes wrong, in answers and in logs. */
export function failures(mesh: () => Mesh): void {
  const ask = async (path = "/"): Promise<Answer> => await mesh().sleep.send({ host: "httpbin", path });

  for (const [what, name, source, reason] of [
    [
      "a digest that the image has not",
      "other-digest",
      (m: Mesh) => ({ ...m.image("authz"), sha256: OTHER_DIGEST }),
      "has checksum",
    ],
    [
      "a digest that the module by http has not",
      "other-module",
      (m: Mesh) => ({ url: m.modules.url("authz"), sha256: OTHER_DIGEST }),
      "has checksum",
    ],
    [
      "a registry that is down",
      "no-registry",
      (m: Mesh) => ({ url: `oci://${m.silentRegistry}/signalbox/authz:test` }),
      "connection refused",
    ],
  ] as const) {
    test(`${what}: FAIL_CLOSE answers 403, FAIL_OPEN goes on without the plugin`, async (t) => {
      const pluginConfig = denying("/denied");
      const closed = `${name}-closed`;
      await mesh().apply(t, authz(closed, { ...source(mesh()), pluginConfig, failStrategy: "FAIL_CLOSE" }));
      await until("requests to be refused", async () => (await ask()).status === 403);
      assert.equal((await ask()).body, "RBAC: access denied");
      await mesh().httpbin.logged("error in converting the wasm config to local");
      assert.match(mesh().httpbin.log(), new RegExp(`cannot fetch Wasm module .*${reason}`));

      const open = `${name}-open`;
      const other = { ...source(mesh()), pluginConfig, failStrategy: "FAIL_OPEN" } as const;
      await mesh().remove(authz(closed, { url: "" }));
      await mesh().apply(t, authz(open, other));
      await inForce(mesh().httpbin, open);
      await until("requests to be taken again", async () => (await ask()).status === 200);
      assert.equal((await ask("/denied")).status, 200);
    });
  }

  for (const failStrategy of ["FAIL_CLOSE", "FAIL_OPEN"] as const) {
    const suffix = failStrategy.toLowerCase().replace("_", "-");
    test(`a configuration that the filter refuses, under a new name: 500 for all, with ${failStrategy}`, async (t) => {
      const from = mesh().httpbin.log().length;
      await mesh().apply(t, authz(`bad-${suffix}`, { ...mesh().image("authz"), pluginConfig: BAD, failStrategy }));
      await until("requests to fail", async () => (await ask()).status === 500);
      await mesh().httpbin.logged(COMPLAINT, from);
    });

    test(`a configuration that the filter refuses, under a name that runs: the one before goes on, with ${failStrategy}`, async (t) => {
      const plugin = (pluginConfig: object): Resource =>
        authz(`running-${suffix}`, { ...mesh().image("authz"), pluginConfig, failStrategy });
      await mesh().apply(t, plugin(denying("/denied")));
      await until("the plugin to deny", async () => (await ask("/denied")).status === 403);

      const [agentFrom, istiodFrom] = [mesh().httpbin.log().length, mesh().istiod.log().length];
      const rejects = async () => (await mesh().istiod.metrics()).get(REJECTS) ?? 0;
      const rejectsBefore = await rejects();
      await mesh().change(plugin(BAD));
      await mesh().httpbin.logged(COMPLAINT, agentFrom);
      await mesh().istiod.logged("ECDS: ACK ERROR", istiodFrom);
      await until("istiod to count it", async () => (await rejects()) > rejectsBefore);
      assert.equal((await ask("/denied")).status, 403);
      assert.equal((await ask()).status, 200);

      // And a good one is taken after it.
      await mesh().change(plugin(denying("/other")));
      await until("the next one to deny", async () => (await ask("/other")).status === 403);
      assert.equal((await ask("/denied")).status, 200);
    });
  }

  test("a configuration that was refused and is left there: a workload that starts later answers 500 to every request", async (t) => {
    const left = wasmPlugin("left", {
      ...mesh().image("authz"),
      ...AT_LATE,
      pluginConfig: BAD,
      failStrategy: "FAIL_OPEN",
    });
    await mesh().apply(t, left);
    const late = await mesh().startWorkload(LATE);
    await late.logged(COMPLAINT);
    assert.equal((await late.receive({})).status, 500);

    await mesh().remove(left);
    await until("requests to be taken", async () => (await late.receive({})).status === 200);
  });
}
