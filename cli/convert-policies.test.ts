/** What `signalbox convert` makes of AuthorizationPolicies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, policy, documents, SLEEP } from "./testing/conversion.ts";

test("Istio's httpbin policy becomes the plugin that the project's manifest is", async () => {
  const { status, resources, lines } = await converted(
    policy("httpbin", { selector: { matchLabels: { app: "httpbin" } }, action: "ALLOW", rules: SLEEP }),
  );
  assert.deepEqual(resources, [
    {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "authz", namespace: "foo" },
      spec: {
        selector: { matchLabels: { app: "httpbin" } },
        match: [{ mode: "SERVER" }],
        phase: "AUTHZ",
        failStrategy: "FAIL_CLOSE",
        url: "oci://registry.example.com/signalbox/authz:0.1.0",
        pluginConfig: {
          policies: [
            {
              name: "httpbin",
              namespace: "foo",
              selector: { matchLabels: { app: "httpbin" } },
              action: "ALLOW",
              rules: SLEEP,
            },
          ],
        },
      },
    },
  ]);
  assert.deepEqual(lines, []);
  assert.equal(status, 0);
});

test("policies that can meet on one workload go into one plugin", async () => {
  const text = documents(
    policy("a", { rules: SLEEP }),
    policy("b", { action: "DENY", rules: [{}], selector: { matchLabels: { app: "b" } } }),
    policy("c", { rules: SLEEP }, { namespace: "bar" }),
    policy("d", { rules: SLEEP }, { namespace: undefined }),
  );
  const places = async (...args: string[]) => {
    const { resources } = await converted(text, ...args);
    return resources.map(({ metadata, spec }) => {
      const { policies } = spec["pluginConfig"] as { policies: { name: string; namespace: string }[] };
      return [metadata.namespace, spec["selector"], policies.map(({ name, namespace }) => `${namespace}/${name}`)];
    });
  };
  assert.deepEqual(await places(), [
    ["foo", undefined, ["foo/a", "foo/b"]],
    ["bar", undefined, ["bar/c"]],
    ["default", undefined, ["default/d"]],
  ]);
  // A policy of the root namespace meets all others.
  assert.deepEqual(await places("--root-namespace", "bar", "--namespace", "baz"), [
    ["bar", undefined, ["foo/a", "foo/b", "bar/c", "baz/d"]],
  ]);
});

test("the dry-run annotation and the MeshConfig are carried over", async () => {
  const { resources } = await converted(
    policy("a", { rules: SLEEP }, { annotations: { "istio.io/dry-run": "true" } }),
    ...["--trust-domain", "new", "--trust-domain-alias", "old", "--trust-domain-alias", "older"],
    ...["--mode", "CLIENT", "--selector", "istio=ingressgateway", "--url", "file:///plugins/{filter}.wasm"],
  );
  const { pluginConfig, ...spec } = resources[0]?.spec ?? {};
  assert.deepEqual(pluginConfig, {
    trustDomain: "new",
    trustDomainAliases: ["old", "older"],
    policies: [{ name: "a", namespace: "foo", rules: SLEEP, dryRun: true }],
  });
  assert.deepEqual(spec, {
    selector: { matchLabels: { istio: "ingressgateway" } },
    match: [{ mode: "CLIENT" }],
    phase: "AUTHZ",
    failStrategy: "FAIL_CLOSE",
    url: "file:///plugins/authz.wasm",
  });
});

test("a policy that the filter refuses is named with the reason, and ALLOW policies that can meet it stay with it", async () => {
  const app = (name: string) => ({ selector: { matchLabels: { app: name } } });
  const address = [{ from: [{ source: { ipBlocks: ["10.0.0.0/8"] } }] }];
  const text = documents(
    policy("address", { ...app("a"), rules: address }),
    policy("meets", { rules: SLEEP }),
    policy("meets-that", { ...app("b"), rules: SLEEP }),
    policy("elsewhere", { rules: SLEEP }, { namespace: "bar" }),
    policy("denies", { ...app("a"), action: "DENY", rules: SLEEP }),
    policy("custom", { action: "CUSTOM", provider: { name: "p" }, rules: [{}] }),
  );
  const { status, out, resources, lines } = await converted(text);
  const names = resources.map(({ spec }) => (spec["pluginConfig"] as { policies: { name: string }[] }).policies);
  assert.deepEqual(
    names.map((policies) => policies.map(({ name }) => name)),
    [["elsewhere"], ["denies"]],
  );
  const line = (number: number) => lines.filter((line) => line.startsWith(`<stdin>:${number}:`)).join();
  assert.match(
    line(1),
    /AuthorizationPolicy address: not converted: rules\[0\]\.from\[0\]\.source\.ipBlocks: not supported: a filter/,
  );
  const meets = /not converted: an ALLOW policy that it can meet on a workload stays native/;
  assert.match(line(3), meets);
  assert.match(line(5), meets);
  assert.match(
    line(11),
    /AuthorizationPolicy custom: not converted: action: not supported: CUSTOM asks an external authorizer/,
  );
  assert.match(out, /^# Left to native Istio: AuthorizationPolicy foo\/address\.$/m);
  assert.equal(status, 1);
});
