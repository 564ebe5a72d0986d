/** `signalbox convert --module signalbox`: the plugins of one workload as one. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JASON, SLEEP, converted, documents, policy, service, to } from "./test/conversion.ts";

const ONE = ["--module", "signalbox", "--selector", "app=productpage"];
const IN_FOO = [...ONE, "--to-namespace", "foo"];
const SELECTOR = { selector: { matchLabels: { app: "productpage" } } };

const LOOK = policy("look", { ...SELECTOR, rules: SLEEP });
const REVIEWS = service("reviews", [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }]);

test("the policies and routes of a workload are one plugin, each in its section", async () => {
  const { resources, lines, out, status } = await converted(documents(LOOK, REVIEWS), ...IN_FOO);
  assert.deepEqual(lines, []);
  assert.equal(status, 0);
  assert.deepEqual(
    resources.map(({ kind }) => kind),
    ["VirtualService", "WasmPlugin"],
  );
  const { metadata, spec } = resources[1]!;
  assert.deepEqual(metadata, { name: "signalbox-look-productpage", namespace: "foo" });
  const { pluginConfig, ...fields } = spec as { pluginConfig: Record<string, Record<string, unknown>> };
  assert.deepEqual(fields, {
    selector: { matchLabels: { app: "productpage" } },
    match: [{ mode: "CLIENT_AND_SERVER" }],
    phase: "AUTHZ",
    priority: 10,
    failStrategy: "FAIL_CLOSE",
    url: "oci://registry.example.com/signalbox/signalbox:0.1.0",
  });
  assert.deepEqual(Object.keys(pluginConfig), ["authz", "headerRouting"]);
  // Each section is what the plugin of its filter alone is.
  const alone = await converted(documents(LOOK, REVIEWS), ...IN_FOO.slice(2));
  const configs = alone.resources
    .filter(({ kind }) => kind === "WasmPlugin")
    .map(({ spec: one }) => one["pluginConfig"]);
  assert.deepEqual([pluginConfig["headerRouting"], pluginConfig["authz"]], configs);
  const comments = out.split("\n").filter((line) => /^# \d/.test(line));
  assert.match(comments[0] ?? "", /^# 1\. Apply this VirtualService\. It REPLACES default\/reviews\.$/);
  assert.match(comments[1] ?? "", /^# 2\. Then apply this plugin beside the AuthorizationPolicies\./);
  assert.match(comments[2] ?? "", /^# 3\. Then delete these AuthorizationPolicies: foo\/look;/);
});

test("what all sections share stands beside them, once", async () => {
  const args = [...IN_FOO, "--trust-domain", "td", "--root-namespace", "root"];
  const { resources } = await converted(documents(LOOK, REVIEWS), ...args);
  const config = resources[1]?.spec["pluginConfig"] as Record<string, Record<string, unknown>>;
  assert.deepEqual(Object.keys(config), ["trustDomain", "rootNamespace", "authz", "headerRouting"]);
  assert.equal(config["trustDomain"], "td");
  assert.equal("trustDomain" in config["authz"]!, false);
  assert.equal("trustDomain" in config["headerRouting"]!, false);
});

test("routes alone are no guard: no phase, FAIL_OPEN, and the caller's side", async () => {
  const { resources, lines } = await converted(REVIEWS, ...ONE);
  assert.deepEqual(lines, []);
  const { spec } = resources[1]!;
  assert.equal(spec["phase"], undefined);
  assert.equal(spec["failStrategy"], "FAIL_OPEN");
  assert.deepEqual(spec["match"], [{ mode: "CLIENT" }]);
  assert.deepEqual(Object.keys(spec["pluginConfig"] as object), ["headerRouting"]);
});

test("faults and routes of the whole mesh are one plugin too, as both are everywhere", async () => {
  const fault = { abort: { percentage: { value: 10 }, httpStatus: 503 } };
  const ratings = service("ratings", [{ fault, route: [{ destination: { host: "ratings" } }] }]);
  const { resources, lines } = await converted(documents(REVIEWS, ratings), "--module", "signalbox");
  assert.deepEqual(lines, []);
  const plugins = resources.filter(({ kind }) => kind === "WasmPlugin");
  assert.equal(plugins.length, 1);
  assert.deepEqual(Object.keys(plugins[0]?.spec["pluginConfig"] as object), ["headerRouting", "faultInjection"]);
});

const REFUSED: readonly (readonly [what: string, text: string, args: readonly string[], says: RegExp])[] = [
  [
    "plugins in two namespaces",
    documents(LOOK, REVIEWS),
    ONE,
    /one plugin is in one namespace, .*that of authz in foo, that of header-routing in istio-system would be: say --to-namespace foo$/,
  ],
  [
    "plugins for other workloads",
    documents(LOOK, REVIEWS),
    ["--module", "signalbox", "--to-namespace", "foo"],
    /one plugin has one selector, .*: say with --selector which workload$/,
  ],
  [
    "policies of workloads that never meet",
    documents(LOOK, policy("other", { selector: { matchLabels: { app: "httpbin" } }, rules: SLEEP })),
    ["--module", "signalbox"],
    /it takes several plugins of authz, and signalbox has one section for it/,
  ],
  [
    "a gateway's policies",
    policy("edge", { selector: { matchLabels: { istio: "ingressgateway" } }, rules: SLEEP }),
    ["--module", "signalbox", "--selector", "istio=ingressgateway"],
    /--module signalbox makes plugins for sidecars/,
  ],
  [
    "a gateway's routes",
    service("reviews", [{ route: [to("v1")] }], { gateways: ["default/edge"] }),
    [...ONE, "--gateway", "default/edge"],
    /--module signalbox makes plugins for sidecars/,
  ],
];

for (const [what, text, args, says] of REFUSED) {
  test(`refused, and nothing is made: ${what}`, async () => {
    const { resources, lines, status } = await converted(text, ...args);
    assert.deepEqual(resources, []);
    assert.ok(lines.length > 0);
    for (const line of lines) assert.match(line, /^<stdin>:\d+:\d+: error: \w+ \w+: not converted: /);
    assert.match(lines.join("\n"), new RegExp(says.source, "m"));
    assert.equal(status, 1);
  });
}
