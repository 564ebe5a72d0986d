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
      metadata: { name: "authz-httpbin", namespace: "foo" },
      spec: {
        selector: { matchLabels: { app: "httpbin" } },
        match: [{ mode: "SERVER" }],
        phase: "AUTHZ",
        priority: 10,
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

/** What is made: where each plugin is, for whom, and of which policies. */
async function places(text: string, ...args: string[]) {
  const { resources } = await converted(text, ...args);
  return resources.map(({ metadata, spec }) => {
    const { policies } = spec["pluginConfig"] as { policies: { name: string; namespace: string }[] };
    const names = policies.map(({ name, namespace }) => `${namespace}/${name}`);
    return [metadata.namespace, metadata.name, spec["selector"] ?? spec["targetRefs"], spec["match"], names];
  });
}

const app = (name: string) => ({ selector: { matchLabels: { app: name } } });
const SERVER = [{ mode: "SERVER" }];
const CLIENT = [{ mode: "CLIENT" }];
const NO_GATEWAYS = ["--gateway-pods", "none"];

test("policies that can meet on one workload go into one plugin, which is called by one of them", async () => {
  const text = documents(
    policy("b", { action: "DENY", rules: [{}], ...app("b") }),
    policy("a", { rules: SLEEP }),
    policy("c", { rules: SLEEP }, { namespace: "bar" }),
    policy("d", { rules: SLEEP }, { namespace: undefined }),
  );
  assert.deepEqual(await places(text, ...NO_GATEWAYS), [
    ["foo", "authz-a", undefined, SERVER, ["foo/b", "foo/a"]],
    ["bar", "authz-c", undefined, SERVER, ["bar/c"]],
    ["default", "authz-d", undefined, SERVER, ["default/d"]],
  ]);
  // A policy of the root namespace meets all others.
  assert.deepEqual(await places(text, "--root-namespace", "bar", "--namespace", "baz", ...NO_GATEWAYS), [
    ["bar", "authz-c", undefined, SERVER, ["foo/b", "foo/a", "bar/c", "baz/d"]],
  ]);
});

test("policies of workloads that differ go into plugins of their own, for the labels that they share", async () => {
  const versions = (version: string) => ({ selector: { matchLabels: { app: "b", version } } });
  const text = documents(
    policy("a", { rules: SLEEP, ...app("a") }),
    policy("b-1", { rules: SLEEP, ...versions("v1") }),
    policy("b-2", { rules: SLEEP, ...versions("v2") }),
    policy("b", { rules: SLEEP, ...app("b") }),
  );
  assert.deepEqual(await places(text), [
    ["foo", "authz-a", { matchLabels: { app: "a" } }, SERVER, ["foo/a"]],
    ["foo", "authz-b", { matchLabels: { app: "b" } }, SERVER, ["foo/b-1", "foo/b-2", "foo/b"]],
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
    priority: 10,
    failStrategy: "FAIL_CLOSE",
    url: "file:///plugins/authz.wasm",
  });
});

test("a policy that the filter refuses is named with the reason, and ALLOW policies that can meet it stay with it", async () => {
  const address = [{ from: [{ source: { ipBlocks: ["10.0.0.0/8"] } }] }];
  const text = documents(
    policy("address", { ...app("a"), rules: address }),
    policy("meets", { rules: SLEEP }),
    policy("meets-that", { ...app("b"), rules: SLEEP }),
    policy("elsewhere", { rules: SLEEP }, { namespace: "bar" }),
    policy("denies", { ...app("a"), action: "DENY", rules: SLEEP }),
    policy("custom", { action: "CUSTOM", provider: { name: "p" }, rules: [{}] }),
  );
  const { status, out, resources, lines } = await converted(text, ...NO_GATEWAYS);
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
  const meets = (name: [string, string]) =>
    `AuthorizationPolicy ${name[0]}: not converted: it can be for the same workloads as AuthorizationPolicy foo/${name[1]}, which stays native`;
  assert.ok(line(3).includes(meets(["meets", "address"])), line(3));
  assert.ok(line(5).includes(meets(["meets-that", "meets"])), line(5));
  assert.match(
    line(11),
    /AuthorizationPolicy custom: not converted: action: not supported: CUSTOM asks an external authorizer/,
  );
  assert.match(out, /^# Keep these AuthorizationPolicies: foo\/address, foo\/custom, foo\/meets, foo\/meets-that\.$/m);
  assert.equal(status, 1);
});

test("a policy for a gateway gets a plugin for what the gateway takes, which is outbound to Istio", async () => {
  const labels = (...all: Record<string, string>[]) =>
    documents(
      ...all.map((matchLabels, at) => policy(`p${at}`, { action: "DENY", rules: SLEEP, selector: { matchLabels } })),
    );
  const selectors: Record<string, string>[] = [
    { istio: "ingressgateway" },
    { istio: "eastwestgateway" },
    { istio: "ingress" },
    { app: "istio-egressgateway" },
    { "gateway.networking.k8s.io/gateway-name": "edge", team: "a" },
  ];
  for (const selector of selectors) {
    const [place, ...others] = await places(labels(selector));
    assert.deepEqual(place?.slice(2), [{ matchLabels: selector }, CLIENT, ["foo/p0"]]);
    assert.deepEqual(others, []);
  }
  // The pods of a Gateway of Kubernetes' Gateway API have this label and are found by the Gateway's name.
  const byName = labels({ "gateway.networking.k8s.io/gateway-name": "edge" });
  const ref = [{ group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" }];
  const both = [{ mode: "CLIENT_AND_SERVER" }];
  assert.deepEqual(await places(byName), [["foo", "authz-p0-edge", ref, both, ["foo/p0"]]]);
  // Beside policies for sidecars.
  assert.deepEqual(await places(labels({ istio: "ingressgateway" }, { app: "a" }, { app: "b" })), [
    ["foo", "authz-p1", { matchLabels: { app: "a" } }, SERVER, ["foo/p1"]],
    ["foo", "authz-p2", { matchLabels: { app: "b" } }, SERVER, ["foo/p2"]],
    ["foo", "authz-p0-ingressgateway", { matchLabels: { istio: "ingressgateway" } }, CLIENT, ["foo/p0"]],
  ]);
});

test("targetRefs to a Gateway are kept; the other policies of that gateway are in the same plugin", async () => {
  const target = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "edge" };
  const other = { ...target, name: "other" };
  const text = documents(
    policy("named", { targetRefs: [target], rules: SLEEP }),
    policy("both", { targetRefs: [target, other], rules: SLEEP }),
    policy("all", { rules: SLEEP }),
  );
  const { resources } = await converted(text, "--gateway-pods", "istio=ingressgateway");
  assert.equal(resources.length, 0, "targets that one selector cannot say, beside gateways that are found by labels");
  const gateways = [target, other].map(({ name }) => gateway(name, { gatewayClassName: "istio" }, KUBERNETES));
  const made = await places(documents(text, ...gateways));
  const both = [{ mode: "CLIENT_AND_SERVER" }];
  assert.deepEqual(made, [
    ["foo", "authz-all", undefined, SERVER, ["foo/all"]],
    ["foo", "authz-all-edge", [target], both, ["foo/named", "foo/both", "foo/all"]],
    ["foo", "authz-all-other", [other], both, ["foo/both", "foo/all"]],
  ]);
});

const KUBERNETES = "gateway.networking.k8s.io/v1";

function gateway(name: string, spec: object, apiVersion = "networking.istio.io/v1"): string {
  return JSON.stringify({ apiVersion, kind: "Gateway", metadata: { name, namespace: "foo" }, spec });
}
