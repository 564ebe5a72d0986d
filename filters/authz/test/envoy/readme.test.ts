/** The pieces of Envoy's own configuration that the README shows do in Envoy what it says they do. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { parse } from "yaml";
import { Envoy, answer, fetchOnce, inlineWasm, listener } from "../../../../test/support/envoy/index.ts";
import type { JsonObject } from "../../../../test/support/envoy/index.ts";
import { PROJECT } from "../../../../tools/project.ts";

const README = readFileSync(join(PROJECT, "filters/authz/README.md"), "utf8");

/** The block of YAML in the README that begins so. */
function block(start: string): JsonObject {
  const blocks = [...README.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, text = ""]) => text);
  const found = blocks.find((text) => text.startsWith(start));
  assert.ok(found, `no block in the README begins with ${start}`);
  return parse(found) as JsonObject;
}

function allowing(block: string): JsonObject {
  return inlineWasm("authz", {
    module: "authz",
    configuration: {
      directRemoteIp: { filterState: "signalbox.direct_remote_ip" },
      policies: [
        { name: "direct.peers", namespace: "default", rules: [{ from: [{ source: { ipBlocks: [block] } }] }] },
      ],
    },
  });
}

let envoy: Envoy;

before(async () => {
  const remember = block("name: direct-remote-ip\n");
  envoy = await Envoy.start({
    metadata: { NAMESPACE: "default" },
    bootstrap: block("stats_config:\n"),
    listeners: [
      listener("loopback", { filters: [remember, allowing("127.0.0.0/8")], routes: [answer("ok")] }),
      listener("elsewhere", { filters: [remember, allowing("203.0.113.0/24")], routes: [answer("ok")] }),
    ],
  });
});
after(async () => await envoy?.stop());

test("set_filter_state remembers the direct peer's address, whatever x-forwarded-for says", async () => {
  const status = async (listener: string, ...forwarded: string[]): Promise<number> => {
    const headers = [["host", "h"] as const, ...forwarded.map((value) => ["x-forwarded-for", value] as const)];
    return (await fetchOnce(envoy.port(listener), { headers })).status;
  };
  assert.equal(await status("loopback"), 200);
  assert.equal(await status("loopback", "203.0.113.7"), 200);
  assert.equal(await status("elsewhere"), 403);
  assert.equal(await status("elsewhere", "203.0.113.7"), 403);
});

test("the rules for tags make labels of namespace, policy and rule", async () => {
  const prometheus = await envoy.admin.get("/stats/prometheus?filter=authz");
  const labels = 'policy_namespace="default",policy="direct.peers",rule="0"';
  assert.ok(prometheus.includes(`authz_policy_rule_allowed{${labels}} `), prometheus);
  assert.ok(/^authz_denied\{\} \d+$/m.test(prometheus), prometheus);
});
