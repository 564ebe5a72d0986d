import assert from "node:assert/strict";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { until } from "../../../envoy/deadline.ts";
import type { Answer } from "../harness/client.ts";
import type { Resource } from "../harness/kubernetes.ts";
import type { Mesh } from "../harness/mesh.ts";
import { selecting } from "../harness/plugins.ts";
import { seen, type Workload } from "../harness/workload.ts";
import { AT_A_SIDECAR } from "./compared.ts";
import { signalboxPlugin, singlePlugins, type Sections } from "./sections.ts";
import { CHAINED, COMPOSED, SIDECARS, assertAsConfigured, decided, eventually } from "./signalbox.ts";

const AT_CHAINED = { selector: selecting("chained") };
const AT_COMPOSED = { selector: selecting("composed") };
const OTHER_DIGEST = "deadbeef".repeat(8);
const ISSUER = "testing@example.com";

/** What docs/istio.md and modules/signalbox/README.md say that it means if all sections are one plugin, which is in the phase AUTHZ. */
export function signalboxAsOne(mesh: () => Mesh): void {
  const chained = async (): Promise<Workload> => await mesh().startWorkload(CHAINED);
  const composed = async (): Promise<Workload> => await mesh().startWorkload(COMPOSED);
  const one = (pluginConfig: object): Resource => signalboxPlugin(mesh(), "one", AT_COMPOSED, pluginConfig);
  const get = async ({ identity }: Workload, path: string, headers = {}): Promise<Answer> =>
    await mesh().sleep.send({ host: identity.app, path, headers });

  test("a push with a mistake in one section is refused, and all sections go on as they were", async (t) => {
    const proxy = await composed();
    const { sections } = SIDECARS;
    await mesh().apply(t, ...(await SIDECARS.routes(mesh())));
    await mesh().apply(t, one(sections));
    for (const [number, asked] of AT_A_SIDECAR.entries())
      await eventually(asked, async () => await decided(mesh(), SIDECARS, asked, proxy, number));

    const [agentFrom, istiodFrom] = [proxy.log().length, mesh().istiod.log().length];
    // Were the other sections taken, there would be neither faults nor policies.
    await mesh().change(one({ headerRouting: { ...sections.headerRouting, steerin: {} }, authz: { policies: [] } }));
    await proxy.logged('signalbox: headerRouting: unknown field "steerin"', agentFrom);
    await mesh().istiod.logged("ECDS: ACK ERROR", istiodFrom);
    for (const [number, asked] of AT_A_SIDECAR.entries())
      assertAsConfigured(asked, await decided(mesh(), SIDECARS, asked, proxy, number));

    await mesh().change(one({ ...sections, authz: { policies: [] } }));
    await until("the next one to be in force", async () => (await get(proxy, "/admin")).status === 200);
  });

  test("a signalbox that cannot be pulled: what comes is refused, and what is sent; of the single filters authz alone refuses", async (t) => {
    const [four, all] = [await chained(), await composed()];
    const nowhere = (plugin: Resource): Resource => ({
      ...plugin,
      spec: { ...(plugin["spec"] as object), sha256: OTHER_DIGEST },
    });
    await mesh().apply(t, ...singlePlugins(mesh(), "four", AT_CHAINED, SIDECARS.sections).map(nowhere));
    await mesh().apply(t, nowhere(one(SIDECARS.sections)));
    await until("the four to be there", async () => (await get(four, "/")).status === 403);
    await until("the one to be there", async () => (await get(all, "/")).status === 403);

    const refused = await all.send({ host: "reviews" });
    assert.deepEqual([refused.status, refused.body], [403, "RBAC: access denied"]);
    assert.equal((await four.send({ host: "reviews" })).status, 200);
  });

  test("a native policy is asked after all sections of a signalbox, and after authz alone of the single filters", async (t) => {
    const [four, all] = [await chained(), await composed()];
    const to = (path: string): object => ({ to: [{ operation: { paths: [path] } }] });
    const hasTrace = { when: [{ key: "request.headers[traceparent]", values: ["*"] }] };
    const native = (app: string): Resource => ({
      apiVersion: "security.istio.io/v1",
      kind: "AuthorizationPolicy",
      metadata: { name: `native-${app}`, namespace: "default" },
      spec: {
        selector: selecting(app),
        action: "DENY",
        rules: [to("/denied"), to("/failing"), { ...to("/traced"), ...hasTrace }],
      },
    });
    const abort = { percentage: { value: 100 }, httpStatus: 503 };
    const failing = { name: "fails", match: [{ uri: { prefix: "/failing" } }], fault: { abort } };
    const sections: Sections = {
      ...SIDECARS.sections,
      faultInjection: { mode: "SERVER", virtualServices: [{ name: "any", hosts: ["*"], http: [failing] }] },
    };
    await mesh().apply(t, native("chained"), native("composed"));
    await mesh().apply(t, ...singlePlugins(mesh(), "four", AT_CHAINED, sections), one(sections));
    for (const proxy of [four, all]) {
      await until("the native policy to deny", async () => (await get(proxy, "/denied")).status === 403);
      await until(
        "authz to deny",
        async () => (await mesh().httpbin.send({ host: proxy.identity.app })).status === 403,
      );
      await until("faults", async () => (await get(proxy, "/failing-too")).status === 503);
      await until("traces", async () => "traceparent" in seen(await get(proxy, "/")).headers);
    }

    // It sees the header that the section has written: no trace came.
    assert.equal((await get(all, "/traced")).status, 403);
    assert.equal((await get(four, "/traced")).status, 200);
    // And what it would refuse has met a fault before.
    assert.equal((await get(all, "/failing")).headers["x-fault-injected"], "fails");
    assert.equal((await get(four, "/failing")).status, 403);
  });

  test("a signalbox acts after tokens were verified, and before a plugin without a phase", async (t) => {
    const proxy = await composed();
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const token = (signer = privateKey): string => {
      const [head, body] = [{ alg: "RS256" }, { iss: ISSUER, sub: "tester" }].map((part) =>
        Buffer.from(JSON.stringify(part)).toString("base64url"),
      );
      return `${head}.${body}.${sign("sha256", Buffer.from(`${head}.${body}`), signer).toString("base64url")}`;
    };
    const jwks = JSON.stringify({ keys: [publicKey.export({ format: "jwk" })] });
    const authentication: Resource = {
      apiVersion: "security.istio.io/v1",
      kind: "RequestAuthentication",
      metadata: { name: "tokens", namespace: "default" },
      spec: { ...AT_COMPOSED, jwtRules: [{ issuer: ISSUER, jwks }] },
    };
    const tester = { from: [{ source: { requestPrincipals: [`${ISSUER}/tester`] } }] };
    const traced = { when: [{ key: "request.headers[traceparent]", values: ["*"] }] };
    const policy = (name: string, action: string, rule: object): object => ({
      ...{ name, namespace: "default", action, rules: [rule] },
    });
    const authz = { policies: [policy("tester", "ALLOW", tester), policy("traced", "DENY", traced)] };
    await mesh().apply(t, authentication);
    await mesh().apply(t, one({ authz }));
    await mesh().apply(t, ...singlePlugins(mesh(), "behind", AT_COMPOSED, { tracePropagation: { participate: true } }));
    const status = async (bearer?: string): Promise<number> =>
      (await get(proxy, "/", bearer === undefined ? {} : { authorization: `Bearer ${bearer}` })).status;
    await until("signalbox to deny", async () => (await status()) === 403);
    await until("tokens to be verified", async () => (await status("a.b.c")) === 401);

    // Were the plugin that writes traceparent before it, nobody would be let in.
    const headers = { authorization: `Bearer ${token()}` };
    await until("traces", async () => "traceparent" in seen(await get(proxy, "/", headers)).headers);
    assert.equal(await status(token()), 200);
    assert.equal(await status(), 403);
    assert.equal(await status(token(generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey)), 401);
  });
}
