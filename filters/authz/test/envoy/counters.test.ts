import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FeatureListeners, type HeaderLine, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { policy } from "./rules.ts";

const user = (value: string): JsonObject => ({ when: [{ key: "request.headers[x-user]", values: [value] }] });

const POLICIES: readonly JsonObject[] = [
  policy("deny", "DENY", [user("nobody"), user("mallory")]),
  policy("allow", "ALLOW", [user("anna"), user("bob")]),
  policy("audit", "AUDIT", [user("bob"), user("mallory")]),
  policy("try-deny", "DENY", [user("anna")], { dryRun: true }),
  policy("try-allow", "ALLOW", [user("anna"), user("carol")], { dryRun: true }),
];

let listeners: FeatureListeners;

before(async () => {
  const unsure = {
    policies: [policy("direct", "ALLOW", [{ from: [{ source: { ipBlocks: ["0.0.0.0/0"] } }] }])],
    directRemoteIp: { filterState: "nobody.wrote.it" },
  };
  listeners = await FeatureListeners.start(
    "authz",
    {
      all: { configuration: { policies: POLICIES } },
      none: { configuration: { policies: [] } },
      unsure: { configuration: unsure },
      mtls: { configuration: { policies: [], requireMtls: true } },
    },
    { metadata: { NAMESPACE: "default" } },
  );
});
after(async () => await listeners?.stop());

/** By how much each of the filter's counters rises, those that do not left out. */
async function counted(work: () => Promise<void>): Promise<Record<string, number>> {
  const prefix = "wasmcustom.authz.";
  const all = async (): Promise<Map<string, number>> => {
    const mine = [...(await listeners.envoy.admin.stats())].filter(([name]) => name.startsWith(prefix));
    return new Map(mine.map(([name, value]) => [name.slice(prefix.length), Number(value)]));
  };
  const before = await all();
  await work();
  const rises = [...(await all())].map(([name, value]): [string, number] => [name, value - (before.get(name) ?? 0)]);
  return Object.fromEntries(rises.filter(([, rise]) => rise !== 0));
}

/** Sends a request of each user's. */
async function send(name: string, ...users: string[]): Promise<void> {
  for (const one of users) {
    const headers: HeaderLine[] = [["x-user", one]];
    await listeners.send(name, { headers });
  }
}

test("allowed and denied, by rule, and what dry runs and AUDIT saw", async () => {
  assert.deepEqual(await counted(async () => await send("all", "anna")), {
    allowed: 1,
    "policy.default.allow.rule.0.allowed": 1,
    istio_dry_run_deny_shadow_denied: 1,
    "policy.default.try-deny.rule.0.shadow_denied": 1,
    istio_dry_run_allow_shadow_allowed: 1,
    "policy.default.try-allow.rule.0.shadow_allowed": 1,
  });
  assert.deepEqual(await counted(async () => await send("all", "bob", "bob")), {
    allowed: 2,
    "policy.default.allow.rule.1.allowed": 2,
    audited: 2,
    "policy.default.audit.rule.0.audited": 2,
    istio_dry_run_deny_shadow_allowed: 2,
    istio_dry_run_allow_shadow_denied: 2,
  });
  assert.deepEqual(await counted(async () => await send("all", "carol")), {
    denied: 1,
    istio_dry_run_deny_shadow_allowed: 1,
    istio_dry_run_allow_shadow_allowed: 1,
    "policy.default.try-allow.rule.1.shadow_allowed": 1,
  });
});

test("a request that DENY refuses never reaches ALLOW, nor its dry run: as in Envoy, where that is the next filter", async () => {
  assert.deepEqual(await counted(async () => await send("all", "mallory")), {
    denied: 1,
    "policy.default.deny.rule.1.denied": 1,
    audited: 1,
    "policy.default.audit.rule.1.audited": 1,
    istio_dry_run_deny_shadow_allowed: 1,
  });
});

test("without policies every request is allowed, and counted", async () => {
  assert.deepEqual(await counted(async () => await send("none", "anna", "bob")), { allowed: 2 });
});

test("what is refused for no rule is counted, what could not be told apart", async () => {
  assert.deepEqual(await counted(async () => await send("unsure", "anna")), { denied: 1, unsure: 1 });
  assert.deepEqual(await counted(async () => await send("mtls", "anna")), { denied: 1 });
});

test("rules that none of the requests meets have their counters all the same", async () => {
  const names = [...(await listeners.envoy.admin.stats()).keys()];
  assert.ok(names.includes("wasmcustom.authz.policy.default.deny.rule.0.denied"));
});
