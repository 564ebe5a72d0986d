/** What `signalbox convert` makes of AuthorizationPolicies. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, policy, documents, SLEEP } from "./test/conversion.ts";

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
    /AuthorizationPolicy custom: not converted: action: not supported: CUSTOM calls an external authorizer/,
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

test("an application that is called like a gateway can be one, or have a sidecar", async () => {
  const own = (name: string) => policy("p", { action: "DENY", rules: SLEEP, selector: { matchLabels: { app: name } } });
  const gateway = (istio: string): string =>
    JSON.stringify({
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "g", namespace: "foo" },
      spec: { selector: { istio }, servers: [] },
    });
  for (const name of ["gateway", "my-gateway", "ingress", "public-egress"]) {
    const { status, lines, out } = await converted(own(name));
    assert.deepEqual([status, out], [1, ""], name);
    assert.match(lines.join(), /it can be for gateways too, .*--gateway-pods/);
    const [place, ...others] = await places(own(name), "--gateway-pods", "none");
    assert.deepEqual([place?.slice(2), others], [[{ matchLabels: { app: name } }, SERVER, ["foo/p"]], []]);
  }
  // Istio's chart labels the pods of a release istio-edge with app: istio-edge and istio: edge, of which the Gateway names one.
  for (const name of ["edge", "istio-edge"]) {
    assert.deepEqual(
      (await places(documents(own(name), gateway("edge")))).map((place) => place.slice(2)),
      [
        [{ matchLabels: { app: name } }, SERVER, ["foo/p"]],
        [{ matchLabels: { istio: "edge" } }, CLIENT, ["foo/p"]],
      ],
    );
    assert.deepEqual(
      (await places(documents(own("httpbin"), gateway(name)))).map((place) => place[3]),
      [SERVER],
    );
  }
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

test("a policy that can be for gateways too needs them named, or stays native", async () => {
  const text = documents(policy("all", { rules: SLEEP }), policy("a", { rules: SLEEP, ...app("a") }));
  const unknown = await converted(text);
  assert.match(
    unknown.lines.join("\n"),
    /^<stdin>:1:1: error: AuthorizationPolicy all: .* give the Gateway resources too/,
  );
  assert.equal(unknown.out, "");
  assert.equal(unknown.status, 1);
  const everywhere = ["foo", "authz-a", undefined, SERVER, ["foo/all", "foo/a"]];
  const labels = { istio: "hand" };
  const here = ["foo", "authz-all-hand", { matchLabels: labels }, CLIENT, ["foo/all"]];
  assert.deepEqual(await places(text, "--gateway-pods", "none"), [everywhere]);
  assert.deepEqual(await places(text, "--gateway-pods", "istio=hand"), [everywhere, here]);
  assert.deepEqual(await places(text, "--gateway-pods", "istio=hand@foo"), [everywhere, here]);
  assert.deepEqual(await places(text, "--gateway-pods", "istio=hand@bar"), [everywhere]);
  assert.deepEqual(await places(documents(text, gateway("g", { selector: labels }))), [everywhere, here]);
  for (const template of [
    { metadata: { annotations: { "inject.istio.io/templates": "gateway" } } },
    { spec: { containers: [{ args: ["proxy", "router"] }] } },
  ]) {
    const spec = { selector: { matchLabels: labels }, template };
    const deployment = gateway("g", spec, "apps/v1").replace('"Gateway"', '"Deployment"');
    assert.deepEqual(await places(documents(text, deployment)), [everywhere, here]);
  }
  // With a policy of each namespace there, one plugin has them all.
  const more = documents(text, policy("all", { rules: SLEEP }, { namespace: "bar" }));
  assert.deepEqual((await places(more, "--gateway-pods", "istio=hand")).at(-1), [
    ...["istio-system", "authz-bar-all-hand", { matchLabels: labels }, CLIENT, ["foo/all", "bar/all"]],
  ]);
});

test("policies of waypoints stay native", async () => {
  const reason = async (targetRef: object, ...others: string[]) => {
    const { lines, out } = await converted(
      documents(policy("a", { targetRefs: [targetRef], rules: SLEEP }), ...others),
    );
    assert.equal(out, "");
    return lines.map((line) => line.replace(/^<stdin>:1:\d+: error: /, "")).join();
  };
  const not = (why: string) => `AuthorizationPolicy a: not converted: ${why}: authz has not been tried there`;
  assert.equal(await reason({ group: "", kind: "Service", name: "s" }), not("it is for a Service, so for a waypoint"));
  const entry = { group: "networking.istio.io", kind: "ServiceEntry", name: "s" };
  assert.equal(await reason(entry), not("it is for a ServiceEntry, so for a waypoint"));
  const target = { group: "gateway.networking.k8s.io", kind: "Gateway", name: "w" };
  const waypoint = gateway("w", { gatewayClassName: "istio-waypoint" }, KUBERNETES);
  assert.equal(await reason(target, waypoint), not("w is a waypoint"));
});

test("--mode and --selector never put a policy where its plugin does not run, or judges something else", async () => {
  const edge = policy("edge", { selector: { matchLabels: { istio: "ingressgateway" } }, rules: SLEEP });
  const text = documents(edge, policy("a", { action: "DENY", rules: SLEEP, ...app("a") }));
  const why = async (...args: string[]) =>
    (await converted(text, ...args)).lines.map((line) => line.replace(/^.*error: AuthorizationPolicy /, ""));
  assert.deepEqual(await why("--mode", "SERVER"), [
    "edge: not converted: a plugin with mode SERVER does not run at a gateway: leave --mode out",
  ]);
  assert.deepEqual(await why("--mode", "CLIENT"), [
    "a: not converted: with --mode CLIENT it would judge what its workloads send: name the gateway's pods with --selector",
  ]);
  const not = "not converted: it is not for the workloads of --selector";
  assert.deepEqual(await why("--selector", "app=a"), [`edge: ${not}`]);
  assert.deepEqual(await why("--selector", "app=b"), [`edge: ${not}`, `a: ${not}`]);
  assert.equal((await why("--selector", "istio=ingressgateway", "--mode", "SERVER")).length, 2);
  // What is for other workloads too is not to be deleted.
  const { out, resources } = await converted(policy("all", { rules: SLEEP }), "--selector", "istio=ingressgateway");
  assert.deepEqual(resources[0]?.spec["match"], CLIENT);
  assert.match(out, /^# Keep these AuthorizationPolicies: foo\/all\.$/m);
  assert.doesNotMatch(out, /delete/);
});

test("the dry-run annotation is read as Istio reads it", async () => {
  const dryRun = async (text: string, ...args: string[]) => {
    const annotations = { "istio.io/dry-run": text };
    const made = await converted(policy("a", { rules: SLEEP, ...app("a") }, { annotations }), ...args);
    const [plugin] = made.resources;
    if (plugin === undefined) return made.lines.join().replace(/^<stdin>:1:\d+: error: /, "");
    assert.equal(plugin.metadata.annotations, undefined, "Istio takes it of an AuthorizationPolicy alone");
    return (plugin.spec["pluginConfig"] as { policies: { dryRun?: boolean }[] }).policies[0]?.dryRun === true;
  };
  // Go's strconv.ParseBool.
  for (const text of ["1", "t", "T", "TRUE", "true", "True"]) assert.equal(await dryRun(text), true, text);
  for (const text of ["0", "f", "F", "FALSE", "false", "False"]) {
    assert.equal(await dryRun(text), false, text);
    assert.equal(await dryRun(text, "--dry-run"), true, text);
  }
  for (const text of ["yes", "tRUE", "", " true"]) {
    const why = `istio.io/dry-run: Istio does not read ${JSON.stringify(text)} as a boolean; write "true" or "false"`;
    assert.equal(await dryRun(text), `AuthorizationPolicy a: not converted: ${why}`);
  }
});

test("--dry-run denies nothing, and nothing is to be deleted", async () => {
  const text = documents(
    policy("a", { rules: SLEEP, ...app("a") }),
    policy("audit", { action: "AUDIT", rules: SLEEP, ...app("a") }),
  );
  const { resources, out, status } = await converted(text, "--dry-run");
  const { policies } = resources[0]?.spec["pluginConfig"] as { policies: { name: string; dryRun?: boolean }[] };
  // AUDIT denies nothing as it is.
  assert.deepEqual(
    policies.map(({ name, dryRun }) => [name, dryRun]),
    [
      ["a", true],
      ["audit", undefined],
    ],
  );
  assert.match(
    out,
    /^# 1\. Apply this plugin beside the AuthorizationPolicies\. It denies nothing: it counts what it would deny\.$/m,
  );
  assert.match(out, /^# 2\. Watch its counters .*, then convert again without --dry-run\.$/m);
  assert.doesNotMatch(out, /delete|Keep these/);
  assert.equal(status, 0);
});

test("labels and annotations are kept if all policies of a plugin have them", async () => {
  const own = { "kubectl.kubernetes.io/last-applied-configuration": "{}" };
  const metadata = (wave: string) => ({ labels: { team: "a" }, annotations: { ...own, wave, tool: "helm" } });
  const one = policy("a", { rules: SLEEP, ...app("a") }, metadata("3"));
  const two = documents(one, policy("b", { rules: SLEEP, ...app("a") }, metadata("4")));
  const { resources, lines } = await converted(one);
  assert.deepEqual(resources[0]?.metadata, {
    ...{ name: "authz-a", namespace: "foo", labels: { team: "a" }, annotations: { wave: "3", tool: "helm" } },
  });
  assert.deepEqual(lines, []);
  const both = await converted(two);
  assert.deepEqual(both.resources[0]?.metadata.annotations, { tool: "helm" });
  assert.match(both.lines.join(), /^<stdin>:1:\d+: warning: .* differ in these labels or annotations, .*: wave$/);
  assert.equal(both.status, 0);
});

test("the plugin for --selector does not take the name of the one for all workloads", async () => {
  const all = policy("all", { action: "DENY", rules: SLEEP });
  const names = async (...args: string[]) => {
    const { resources } = await converted(all, "--gateway-pods", "istio=ingressgateway@istio-system", ...args);
    return resources.map(({ metadata: { namespace, name } }) => `${namespace}/${name}`);
  };
  assert.deepEqual(await names(), ["foo/authz-all"]);
  assert.deepEqual(await names("--selector", "app=a"), ["foo/authz-all-a"]);
});

test("no ALLOW policy is to be deleted that can meet one which has to stay", async () => {
  // The second is for gateways too, where a plugin for sidecars is not.
  const text = documents(policy("narrow", { ...app("a"), rules: SLEEP }), policy("wide", { rules: SLEEP }));
  const { out } = await converted(text, "--mode", "SERVER");
  assert.match(out, /Keep these AuthorizationPolicies: foo\/narrow, foo\/wide\./);
  assert.doesNotMatch(out, /Then delete/);
  const other = documents(
    policy("narrow", { ...app("a"), rules: SLEEP }),
    policy("wide", { action: "DENY", rules: SLEEP }),
  );
  assert.match(
    (await converted(other, "--mode", "SERVER")).out,
    /Then delete these AuthorizationPolicies: foo\/narrow;/,
  );
});
