/** What a filter that cannot do its work lets through: nothing. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { PROJECT } from "../../../../tools/project.ts";
import { moduleOf } from "../../../../test/support/module/sections.ts";
import {
  answer,
  cluster,
  detailsOf,
  discovered,
  Envoy,
  fetchOnce,
  inlineWasm,
  listener,
  SHOWS_DETAILS,
  type Answer,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";

const MODULE = readFileSync(join(PROJECT, `build/${moduleOf("authz")}.wasm`));
const ALLOWS_ALL: JsonObject = { policies: [] };
const MISTYPED: JsonObject = { polices: [] };

/** What became of a request. */
function outcome(answer: Answer): string {
  return `${answer.status} ${detailsOf(answer) ?? "-"}`;
}

/** An Envoy whose filter gets its module over HTTP: it starts whether or not that can be had. */
async function withRemote(
  t: TestContext,
  module: Buffer | undefined,
  { configuration = ALLOWS_ALL, ...plugin }: JsonObject & { configuration?: JsonObject } = {},
): Promise<Envoy> {
  const server = createServer((_, response) => {
    if (module === undefined) response.statusCode = 404;
    response.end(module);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const code = {
    remote: {
      http_uri: { uri: `http://127.0.0.1:${port}/authz.wasm`, cluster: "modules", timeout: "5s" },
      sha256: createHash("sha256")
        .update(module ?? "")
        .digest("hex"),
      retry_policy: { num_retries: 0 },
    },
  };
  const filters = [inlineWasm("authz", { module: "authz", configuration, plugin, vm: { code } })];
  const envoy = await Envoy.start({
    clusters: [cluster("modules", port)],
    listeners: [listener("authz", { filters, routes: [answer("reached")], manager: SHOWS_DETAILS })],
  });
  t.after(async () => await envoy.stop());
  return envoy;
}

const UNUSABLE: Readonly<Record<string, Buffer | undefined>> = {
  "that is none": Buffer.from("no module"),
  "that is cut off": MODULE.subarray(0, MODULE.length / 2),
  "that is not to be had": undefined,
};

for (const [what, module] of Object.entries(UNUSABLE)) {
  test(`a module ${what} lets nothing through, with FAIL_CLOSED and where nothing is said`, async (t) => {
    for (const plugin of [{ failure_policy: "FAIL_CLOSED" }, {}]) {
      const envoy = await withRemote(t, module, plugin);
      assert.equal(outcome(await fetchOnce(envoy.port("authz"))), "503 wasm_fail_stream");
    }
  });
}

test("FAIL_OPEN lets everything through then, which is why it is not for this filter", async (t) => {
  const envoy = await withRemote(t, UNUSABLE["that is none"], { failure_policy: "FAIL_OPEN" });
  assert.equal(outcome(await fetchOnce(envoy.port("authz"))), "200 direct_response");
});

test("a module that loads, but whose configuration is refused, lets nothing through", async (t) => {
  const good = await withRemote(t, MODULE);
  assert.equal(outcome(await fetchOnce(good.port("authz"))), "200 direct_response");

  const refused = await withRemote(t, MODULE, { configuration: MISTYPED });
  assert.equal(outcome(await fetchOnce(refused.port("authz"))), "503 wasm_fail_stream");
  assert.match(refused.log(), /authz: .*"polices".*"policies"/);
});

test("a new plugin whose first configuration is refused lets nothing through until there is a good one", async (t) => {
  const envoy = await Envoy.start({
    filters: { authz: { module: "authz", configuration: MISTYPED } },
    mayBeRefused: true,
    listeners: [listener("authz", { filters: [discovered("authz")], routes: [answer("reached")] })],
  });
  t.after(async () => await envoy.stop());
  const status = async (): Promise<number> => (await fetchOnce(envoy.port("authz"))).status;

  assert.equal(await status(), 500);
  assert.equal((await envoy.push("authz", { ...MISTYPED, again: true })).accepted, false);
  assert.equal(await status(), 500);
  assert.equal((await envoy.push("authz", ALLOWS_ALL)).accepted, true);
  assert.equal(await status(), 200);
});

test("Envoy does not start with a listener whose policies are refused", async () => {
  const filters = [inlineWasm("authz", { module: "authz", configuration: MISTYPED })];
  await assert.rejects(
    Envoy.start({ listeners: [listener("authz", { filters, routes: [answer("reached")] })] }),
    /polices/,
  );
});
