import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { shownPlugin, type PluginSpec } from "../harness/plugins.ts";

const STRICT: Resource = {
  apiVersion: "security.istio.io/v1",
  kind: "PeerAuthentication",
  metadata: { name: "strict", namespace: "default" },
  spec: { mtls: { mode: "STRICT" } },
};

/** What becomes of a request in plaintext: the status, or `closed` where the connection ends without an answer. */
async function plaintext(mesh: Mesh): Promise<number | "closed"> {
  return await mesh.httpbin.receive({ path: "/ip" }).then(
    ({ status }) => status,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNRESET") return "closed";
      throw error;
    },
  );
}

/** Makes mTLS a must for the length of a test, and waits until it is. */
async function requireMtls(t: TestContext, mesh: Mesh): Promise<void> {
  await mesh.apply(t, STRICT);
  t.after(async () => await until("plaintext to be taken again", async () => (await plaintext(mesh)) !== "closed"));
  await until("plaintext to be refused", async () => (await plaintext(mesh)) === "closed");
}

/** What httpbin's policy says, asked of whatever enforces it: sleep may GET, nobody may do anything else. */
async function assertOnlySleepMayGet(mesh: Mesh): Promise<void> {
  const status = async (from: "sleep" | "reviewsV1", method: string): Promise<number> =>
    (await mesh[from].send({ host: "httpbin", path: "/ip", method })).status;
  await until("the policy to be in force", async () => (await status("sleep", "POST")) === 403);

  assert.equal(await status("sleep", "GET"), 200);
  assert.equal(await status("sleep", "DELETE"), 403);
  assert.equal(await status("reviewsV1", "GET"), 403);
  assert.equal(await status("reviewsV1", "POST"), 403);
}

/** Istio's httpbin policy by authz, and by istiod in its place. */
export function authorization(mesh: () => Mesh): void {
  const plugin = (): Resource => shownPlugin("authz", "httpbin-policy", mesh().image("authz"));
  const native = (): Resource => {
    const { pluginConfig } = plugin()["spec"] as PluginSpec;
    const [policy] = (pluginConfig as { policies: Resource[] }).policies;
    const { name, namespace, ...spec } = policy!;
    return {
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name, namespace },
      spec,
    };
  };

  for (const [who, policy] of [
    ["authz", plugin],
    ["istiod's own AuthorizationPolicy", native],
  ] as const) {
    test(`STRICT, and httpbin's policy by ${who}: sleep may GET, others and plaintext may not`, async (t) => {
      await requireMtls(t, mesh());
      await mesh().apply(t, policy());

      await assertOnlySleepMayGet(mesh());
      assert.equal(await plaintext(mesh()), "closed");
    });

    test(`PERMISSIVE, and httpbin's policy by ${who}: over plaintext nobody is sleep`, async (t) => {
      await mesh().apply(t, policy());

      await assertOnlySleepMayGet(mesh());
      assert.equal(await plaintext(mesh()), 403);
    });
  }
}
