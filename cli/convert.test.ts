/** What `signalbox convert` makes, what it names as not converted, and what it ends with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAllDocuments } from "yaml";
import { signalbox } from "./testing/run.ts";

interface Resource {
  kind: string;
  metadata: { name: string; namespace: string };
  spec: Record<string, unknown>;
}

/** Converts a text. What is made must be valid. */
async function converted(text: string, ...args: string[]) {
  const { status, out, err } = await signalbox(["convert", "-", ...args], text);
  const resources = parseAllDocuments(out).map((document) => document.toJS() as Resource);
  if (out !== "") {
    const validated = await signalbox(["validate", "-"], out);
    assert.equal(validated.status, 0, validated.out);
  }
  return { status, out, resources, lines: err.split("\n").filter((line) => line !== "") };
}

function policy(name: string, spec: object, metadata: object = {}): string {
  const resource = { apiVersion: "security.istio.io/v1", kind: "AuthorizationPolicy" };
  return JSON.stringify({ ...resource, metadata: { name, namespace: "foo", ...metadata }, spec });
}

function service(name: string, http: object[], spec: object = {}, metadata: object = {}): string {
  const resource = { apiVersion: "networking.istio.io/v1", kind: "VirtualService" };
  const all = { hosts: [name], http, ...spec };
  return JSON.stringify({ ...resource, metadata: { name, namespace: "default", ...metadata }, spec: all });
}

function documents(...texts: string[]): string {
  return texts.join("\n---\n");
}

const to = (subset: string) => ({ destination: { host: "reviews", subset } });
const JASON = [{ headers: { "end-user": { exact: "jason" } } }];
const SLEEP = [{ from: [{ source: { principals: ["cluster.local/ns/default/sa/sleep"] } }] }];
const REMOVE = { request: { remove: ["x-subset"] } };

/** Of a static VirtualService, the route for a value of the steering header. */
function selected(value: string, route: object[]): object {
  return { match: [{ headers: { "x-subset": { exact: value } } }], headers: REMOVE, route };
}

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

test("a VirtualService with routes becomes a plugin and the VirtualService behind it", async () => {
  const http = [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }];
  const { status, resources, lines } = await converted(service("reviews", http, {}, { labels: { team: "books" } }));
  assert.deepEqual(resources, [
    {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "header-routing", namespace: "istio-system" },
      spec: {
        match: [{ mode: "CLIENT" }],
        url: "oci://registry.example.com/signalbox/header-routing:0.1.0",
        pluginConfig: {
          steering: { header: "x-subset", value: "{subset}" },
          virtualServices: [{ name: "reviews", namespace: "default", hosts: ["reviews"], http }],
        },
      },
    },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "reviews", namespace: "default", labels: { team: "books" } },
      spec: { hosts: ["reviews"], http: [selected("v2", [to("v2")]), { headers: REMOVE, route: [to("v1")] }] },
    },
  ]);
  assert.deepEqual(lines, []);
  assert.equal(status, 0);
});

/** The plugin's configuration and the VirtualServices' routes. */
async function steered(text: string, ...args: string[]) {
  const { resources, lines, status, out } = await converted(text, ...args);
  const config = resources[0]?.spec["pluginConfig"] as {
    steering: { header: string; value: string };
    virtualServices: { http: object[] }[];
  };
  return { config, http: resources.slice(1).map(({ spec }) => spec["http"] as object[]), lines, status, out };
}

test("weights are the filter's; without the filter, what has no header meets the route for everyone", async () => {
  const weighted = [
    { ...to("v1"), weight: 90, headers: { request: { set: { a: "b" } } } },
    { ...to("v2"), weight: 10 },
  ];
  const { config, http } = await steered(service("reviews", [{ route: weighted }]));
  assert.deepEqual(config.virtualServices[0]?.http, [{ route: weighted }]);
  assert.deepEqual(http, [
    [
      selected("v1", [to("v1")]),
      selected("v2", [to("v2")]),
      {
        headers: REMOVE,
        route: [
          { ...to("v1"), weight: 90 },
          { ...to("v2"), weight: 10 },
        ],
      },
    ],
  ]);
});

test("where no route is for everyone, there is none behind the filter either", async () => {
  const { http } = await steered(service("reviews", [{ match: JASON, route: [to("v2")] }]));
  assert.deepEqual(http, [[selected("v2", [to("v2")])]]);
});

test("destinations are told apart by their subset, else by their host, else by both and the port", async () => {
  const templateFor = async (...destinations: object[]) => {
    const http = destinations.map((destination) => ({ match: JASON, route: [{ destination }] }));
    const { config, http: native } = await steered(service("reviews", http));
    return [
      config.steering.value,
      ...(native[0] ?? []).map((route) => JSON.stringify(route).match(/"exact":"([^"]*)"/)?.[1]),
    ];
  };
  assert.deepEqual(await templateFor({ host: "a", subset: "x" }, { host: "b", subset: "y" }), ["{subset}", "x", "y"]);
  assert.deepEqual(await templateFor({ host: "a" }, { host: "b" }), ["{host}", "a", "b"]);
  const [one, two] = [{ number: 1 }, { number: 2 }];
  assert.deepEqual(await templateFor({ host: "a", port: one }, { host: "a", port: two }), [
    "{host}:{port}",
    "a:1",
    "a:2",
  ]);
  assert.deepEqual(
    await templateFor({ host: "a", subset: "x" }, { host: "b", subset: "x" }, { host: "b", subset: "y" }),
    ["{subset}.{host}", "x.a", "x.b", "y.b"],
  );
});

test("an entry with what a filter cannot do stays native as a whole, selected by a name of its own", async () => {
  const slow = { match: [{ uri: { prefix: "/slow" } }], timeout: "5s", route: [to("v1")] };
  const rewritten = {
    name: "old",
    match: [{ uri: { prefix: "/a" } }, { uri: { prefix: "/b" }, method: { exact: "GET" } }],
    rewrite: { uri: "/c" },
    route: [to("v1")],
    headers: { request: { remove: ["x"] } },
  };
  const redirected = { match: JASON, redirect: { uri: "/x" } };
  const { config, http, out, status } = await steered(
    service("reviews", [slow, rewritten, redirected, { route: [to("v1")] }]),
  );
  const names = (subset: string) => [{ destination: { host: "reviews", subset } }];
  assert.deepEqual(config.virtualServices[0]?.http, [
    { match: slow.match, route: names("http-0") },
    { name: "old", match: [rewritten.match[0]], route: names("http-1-0") },
    { name: "old", match: [rewritten.match[1]], route: names("http-1-1") },
    { match: JASON, route: names("http-2") },
    { route: [to("v1")] },
  ]);
  const header = (exact: string) => ({ headers: { "x-subset": { exact } } });
  const { match: _, ...action } = rewritten;
  const made = { ...action, headers: { request: { remove: ["x", "x-subset"] } } };
  assert.deepEqual(http[0], [
    { match: [{ uri: { prefix: "/slow" }, ...header("http-0") }], timeout: "5s", route: [to("v1")], headers: REMOVE },
    { ...made, match: [{ uri: { prefix: "/a" }, ...header("http-1-0") }] },
    { ...made, match: [{ uri: { prefix: "/b" }, ...header("http-1-1") }] },
    { match: [header("http-2")], redirect: { uri: "/x" } },
    { headers: REMOVE, route: [to("v1")] },
  ]);
  assert.match(out, /^# http\[0\] stays native \(timeout\), selected by x-subset: http-0$/m);
  assert.match(out, /^# http\[2\] stays native \(redirect\), selected by x-subset: http-2$/m);
  assert.equal(status, 0);
});

test("a header that the VirtualService itself asks for does not steer", async () => {
  const match = [{ headers: { "x-subset": { exact: "a" } } }];
  const { config } = await steered(service("reviews", [{ match, route: [to("v2")] }, { route: [to("v1")] }]));
  assert.equal(config.steering.header, "x-signalbox-route");
});

test("faults become a plugin, and the VirtualService is left without them", async () => {
  const delay = { delay: { percentage: { value: 10 }, fixedDelay: "5s" } };
  const http = [
    { match: [{ uri: { prefix: "/probe" } }], route: [to("v1")] },
    { name: "slow", match: JASON, fault: delay, route: [to("v1")], timeout: "9s" },
    { route: [to("v1")] },
  ];
  const { status, resources } = await converted(service("reviews", http));
  const [first, , third] = http;
  assert.deepEqual(
    resources.map(({ spec }) => spec),
    [
      {
        match: [{ mode: "CLIENT" }],
        failStrategy: "FAIL_OPEN",
        url: "oci://registry.example.com/signalbox/fault-injection:0.1.0",
        pluginConfig: {
          virtualServices: [
            {
              name: "reviews",
              namespace: "default",
              hosts: ["reviews"],
              http: [{ match: first?.match }, { name: "slow", match: JASON, fault: delay }],
            },
          ],
        },
      },
      { hosts: ["reviews"], http: [first, { name: "slow", match: JASON, route: [to("v1")], timeout: "9s" }, third] },
    ],
  );
  assert.equal(status, 0);
});

test("faults and routes become two plugins, faults before routes; --filter asks for one", async () => {
  const fault = { abort: { percentage: { value: 1 }, httpStatus: 503 } };
  const text = service("reviews", [{ match: JASON, fault, route: [to("v2")] }, { route: [to("v1")] }]);
  const kinds = async (...args: string[]) =>
    (await converted(text, ...args)).resources.map(({ kind, metadata, spec }) => [
      kind,
      metadata.name,
      spec["priority"],
    ]);
  const native = ["VirtualService", "reviews", undefined];
  assert.deepEqual(await kinds(), [
    ["WasmPlugin", "fault-injection", 10],
    ["WasmPlugin", "header-routing", undefined],
    native,
  ]);
  assert.deepEqual(await kinds("--filter", "fault-injection"), [["WasmPlugin", "fault-injection", undefined], native]);
  const { config, http } = await steered(text, "--filter", "header-routing");
  // Its fault stays native then, and so does the entry.
  assert.deepEqual(config.virtualServices[0]?.http[0], { match: JASON, route: [to("http-0")] });
  assert.deepEqual((http[0]?.[0] as { fault: unknown }).fault, fault);
});

test("a fault that the filter refuses stays native, and is named", async () => {
  const http = [
    { match: JASON, fault: { abort: { percentage: { value: 1 }, http2Error: "x" } }, route: [to("v1")] },
    { fault: { abort: { percentage: { value: 1 }, httpStatus: 503 } }, route: [to("v1")] },
  ];
  const { status, resources, lines } = await converted(service("reviews", http), "--filter", "fault-injection");
  const [plugin, native] = resources;
  assert.deepEqual(
    (plugin?.spec["pluginConfig"] as { virtualServices: { http: object[] }[] }).virtualServices[0]?.http,
    [{ match: JASON }, { fault: http[1]?.fault }],
  );
  assert.deepEqual(native?.spec["http"], [http[0], { route: [to("v1")] }]);
  assert.match(
    lines.join("\n"),
    /VirtualService reviews: not converted: http\[0\]\.fault\.abort\.http2Error: not supported/,
  );
  assert.equal(status, 1);
});

test("for a gateway: its matches alone, its workloads, its namespace", async () => {
  const http = [
    { match: [{ gateways: ["mesh"], ...JASON[0] }], route: [to("v3")] },
    { match: [{ gateways: ["front"], uri: { exact: "/a" } }, { gateways: ["mesh"] }], route: [to("v2")] },
    { route: [to("v1")] },
  ];
  const text = service("reviews", http, { gateways: ["mesh", "front"] });
  const { resources, lines, status } = await converted(
    text,
    "--gateway",
    "front",
    "--selector",
    "istio=ingressgateway",
  );
  assert.deepEqual(resources[0]?.metadata, { name: "header-routing", namespace: "default" });
  assert.deepEqual(resources[0]?.spec["selector"], { matchLabels: { istio: "ingressgateway" } });
  const { virtualServices } = resources[0]?.spec["pluginConfig"] as { virtualServices: { http: object[] }[] };
  assert.deepEqual(virtualServices[0]?.http, [
    { match: [{ uri: { exact: "/a" } }], route: [to("v2")] },
    { route: [to("v1")] },
  ]);
  assert.deepEqual(resources[1]?.spec["gateways"], ["front"]);
  assert.match(lines.join(), /warning: VirtualService reviews: converted for front alone: keep one for mesh/);
  assert.equal(status, 0);
  const other = await converted(text, "--gateway", "back");
  assert.match(
    other.lines.join(),
    /error: VirtualService reviews: not converted: for mesh, front: say with --gateway for which/,
  );
  assert.equal(other.status, 1);
});

test("where the plugin goes follows from exportTo, or from --to-namespace", async () => {
  const http = [{ route: [to("v1")] }, { route: [to("v2")] }];
  const where = async (text: string, ...args: string[]) => {
    const { resources, lines } = await converted(text, ...args);
    return [resources[0]?.metadata.namespace, ...lines.map((line) => line.replace(/.*not converted: /, ""))];
  };
  const mine = service("reviews", http, { exportTo: ["."] });
  assert.deepEqual(await where(service("reviews", http)), ["istio-system"]);
  assert.deepEqual(await where(mine), ["default"]);
  assert.deepEqual(await where(mine, "--to-namespace", "front"), ["front"]);
  assert.deepEqual(await where(documents(mine, service("ratings", http))), [
    "istio-system",
    "exported to other namespaces than the rest: convert it alone, with --to-namespace",
  ]);
});

test("what cannot be converted is named with the reason", async () => {
  const reason = async (text: string) => {
    const { status, lines, out } = await converted(text);
    assert.equal(status, 1);
    assert.equal(out, "");
    return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")).join("\n");
  };
  const delegate = [{ match: JASON, delegate: { name: "a" } }];
  assert.equal(
    await reason(service("reviews", delegate)),
    "VirtualService reviews: not converted: http[0].delegate: its routes are in another resource: write them here",
  );
  const regex = [{ match: [{ uri: { regex: "a(?=b)" } }], route: [to("v1")] }];
  assert.match(
    await reason(service("reviews", regex)),
    /not converted: http\[0\]\.match\[0\]\.uri\.regex: not an RE2 regular expression/,
  );
  const tcp = { tcp: [{ route: [{ destination: { host: "a" } }] }] };
  assert.equal(await reason(service("a", [], tcp)), "VirtualService a: not converted: it has no HTTP route for mesh");
  assert.equal(
    await reason("apiVersion: v1\nkind: Service\nmetadata: { name: a }"),
    "Service a: not converted: only VirtualService and AuthorizationPolicy can be",
  );
  assert.equal(await reason("hosts: [a]"), "not converted: no resource (it has no kind)");
  assert.match(
    await reason(policy("a", { rulez: [] })),
    /^spec\.rulez: unknown field "rulez" \(did you mean "rules"\?\)$/,
  );
  const { lines } = await converted(service("reviews", [{ route: [to("v1")] }]), "--filter", "fault-injection");
  assert.match(lines.join(), /not converted: it has no faults$/);
});

test("all versions of the resources are taken", async () => {
  for (const version of ["v1alpha3", "v1beta1", "v1"]) {
    const text = service("reviews", [{ route: [to("v1")] }]).replace("io/v1", `io/${version}`);
    assert.equal((await converted(text)).status, 0, version);
  }
  assert.equal((await converted(policy("a", { rules: SLEEP }).replace("io/v1", "io/v1beta1"))).status, 0);
});

test("strings that YAML 1.1 reads as something else are quoted", async () => {
  const match = [{ headers: { on: { exact: "yes" } } }];
  const { out } = await converted(service("reviews", [{ match, route: [to("v2")] }]));
  assert.match(out, /"on":\n\s+exact: "yes"/);
});

test("--output json is for programs", async () => {
  const { status, out } = await signalbox(
    ["convert", "-", "-o", "json"],
    policy("a", { action: "CUSTOM", provider: { name: "p" } }),
  );
  const { resources, findings } = JSON.parse(out) as { resources: unknown[]; findings: { severity: string }[] };
  assert.deepEqual(resources, []);
  assert.equal(findings[0]?.severity, "error");
  assert.equal(status, 1);
});

test("a selector that is none is a mistake of the command", async () => {
  const { status, err } = await signalbox(["convert", "-", "--selector", "app"], policy("a", { rules: SLEEP }));
  assert.equal(err, "signalbox: --selector app: expected labels, such as app=httpbin\n");
  assert.equal(status, 2);
});
