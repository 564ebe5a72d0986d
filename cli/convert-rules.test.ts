/** What `signalbox convert` makes of DestinationRules: whose outlierDetection counts where, and what stays native. */
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  converted,
  documents,
  policy,
  rule,
  service,
  SLEEP,
  steered,
  STEERING,
  to,
  type Resource,
} from "./test/conversion.ts";
import { signalbox } from "./test/run.ts";

const errors = (consecutive5xxErrors: number) => ({ outlierDetection: { consecutive5xxErrors } });
const five = { trafficPolicy: errors(5) };
const created = (day: number) => ({ creationTimestamp: `2026-01-0${day}T00:00:00Z` });

interface Config {
  name?: string;
  namespace: string;
  host: string;
  state?: string;
  trafficPolicy?: object;
  subsets?: object[];
}

/** The rules of each plugin, by its namespace. */
function rulesIn(resources: readonly Resource[]): Record<string, Config[]> {
  return Object.fromEntries(
    resources.map(({ metadata, spec }) => [
      metadata.namespace,
      (spec["pluginConfig"] as { destinationRules: Config[] }).destinationRules,
    ]),
  );
}

/** The one plugin's rules, where all is converted. */
async function rulesOf(text: string, ...args: string[]): Promise<Config[]> {
  const { lines, resources, status } = await converted(text, ...args);
  assert.deepEqual(
    lines.filter((line) => !line.includes(": warning: ")),
    [],
  );
  assert.equal(status, 0);
  assert.equal(resources.length, 1);
  return Object.values(rulesIn(resources))[0] ?? [];
}

/** What is said of what is not converted, without the place. */
async function why(text: string, ...args: string[]): Promise<string[]> {
  const { lines, status } = await converted(text, ...args);
  assert.equal(status, 1);
  return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: DestinationRule /, ""));
}

test("outlierDetection is taken over, also of ports, and all else stays in the DestinationRule, which is not written", async () => {
  const outlierDetection = {
    consecutive5xxErrors: 5,
    interval: "30s",
    baseEjectionTime: "30s",
    maxEjectionPercent: 100,
  };
  const spec = {
    trafficPolicy: {
      connectionPool: { http: { http2MaxRequests: 100 } },
      loadBalancer: { simple: "LEAST_REQUEST" },
      outlierDetection,
      portLevelSettings: [
        { port: { number: 81 }, ...errors(7) },
        { port: { number: 82 }, tls: { mode: "DISABLE" } },
      ],
    },
    subsets: [{ name: "v1", labels: { version: "v1" } }],
    exportTo: ["*"],
  };
  const { out, resources, lines } = await converted(rule("reviews", spec));
  assert.deepEqual(lines, []);
  const [plugin] = resources;
  assert.deepEqual(
    [resources.length, plugin?.metadata.name, plugin?.metadata.namespace],
    [1, "circuit-breaking-default-reviews", "istio-system"],
  );
  assert.deepEqual(plugin?.spec["pluginConfig"], {
    destinationRules: [
      {
        name: "reviews",
        namespace: "default",
        host: "reviews",
        trafficPolicy: {
          outlierDetection,
          // What stands for a port inherits nothing, so a port without outlierDetection stays.
          portLevelSettings: [{ port: { number: 81 }, ...errors(7) }, { port: { number: 82 } }],
        },
      },
    ],
  });
  assert.deepEqual(
    [plugin?.spec["match"], plugin?.spec["priority"], plugin?.spec["failStrategy"]],
    [[{ mode: "CLIENT" }], 15, "FAIL_OPEN"],
  );
  assert.match(
    out,
    /^---\n# 1\. Apply this plugin beside the DestinationRules, which stay as they are\.\n# Native outlier detection still ejects single hosts\./,
  );
});

test("what the filter refuses is named where it stands, with what to do, and the rule stays native", async () => {
  const text = [
    "apiVersion: networking.istio.io/v1",
    "kind: DestinationRule",
    "metadata: { name: reviews }",
    "spec:",
    "  host: reviews",
    "  trafficPolicy:",
    "    outlierDetection:",
    "      consecutiveErrors: 5",
    "      maxEjectionPercent: 50",
    "      minHealthPercent: 30",
  ].join("\n");
  const { status, out, lines } = await converted(text);
  assert.deepEqual([status, out], [1, ""]);
  const start = "error: DestinationRule reviews: not converted: trafficPolicy.outlierDetection";
  const whole = "not supported: a circuit opens for the whole destination";
  const hosts = "and leave single hosts to a native DestinationRule";
  assert.deepEqual(lines, [
    `<stdin>:8:7: ${start}.consecutiveErrors: not supported: Istio ignores it too: write consecutive5xxErrors`,
    `<stdin>:9:7: ${start}.maxEjectionPercent: ${whole}: write 100, ${hosts}`,
    `<stdin>:10:7: ${start}.minHealthPercent: ${whole}: write 0, ${hosts}`,
  ]);
});

test("a subset's own needs what tells subsets apart: without it the rule stays native", async () => {
  const subsets = [{ name: "v1", labels: { version: "v1" }, trafficPolicy: errors(2) }];
  assert.deepEqual(await why(rule("reviews", { ...five, subsets })), [
    "reviews: not converted: subsets[0].trafficPolicy: a subset's circuit needs steering, which says how a request's subset is " +
      'known: {header: x-subset, value: "{subset}"}; header-routing says it if you convert the VirtualServices of the host with it',
  ]);
  // It says nothing of outlier detection.
  const others = [{ name: "v1", trafficPolicy: { loadBalancer: { simple: "RANDOM" } } }];
  assert.deepEqual(await rulesOf(rule("reviews", { ...five, subsets: others })), [
    { name: "reviews", namespace: "default", host: "reviews", ...five },
  ]);
});

test("with the VirtualServices of the host header-routing tells subsets apart, and each has its circuit", async () => {
  const routes = service("reviews", [{ match: [{ uri: { prefix: "/a" } }], route: [to("v2")] }, { route: [to("v1")] }]);
  const subsets = [
    { name: "v1", labels: { version: "v1" } },
    { name: "v2", labels: { version: "v2" }, trafficPolicy: { ...errors(2), tls: { mode: "DISABLE" } } },
  ];
  const { plugins, lines } = await steered(documents(routes, rule("reviews", { ...five, subsets })));
  assert.deepEqual(lines, []);
  const config = plugins.find(({ metadata }) => metadata.name.startsWith("circuit-breaking"))?.spec["pluginConfig"];
  assert.deepEqual(config, {
    steering: { header: STEERING, value: "{subset}" },
    destinationRules: [
      {
        name: "reviews",
        namespace: "default",
        host: "reviews",
        ...five,
        subsets: [{ name: "v1" }, { name: "v2", trafficPolicy: errors(2) }],
      },
    ],
  });
});

test("several of one host are merged as istiod does: the older one's trafficPolicy whole, and the first of each subset", async () => {
  const young = rule("b", { host: "reviews", trafficPolicy: errors(2) }, created(2));
  const old = rule("a", { host: "reviews.default.svc.cluster.local", trafficPolicy: errors(9) }, created(1));
  assert.deepEqual(await rulesOf(documents(young, old)), [
    { name: "a", namespace: "default", host: "reviews.default.svc.cluster.local", trafficPolicy: errors(9) },
  ]);
  // The older one has a trafficPolicy without outlierDetection: no circuit is for the host.
  const tls = rule("a", { host: "reviews", trafficPolicy: { tls: { mode: "DISABLE" } } }, created(1));
  const covered = await rulesOf(
    documents(young, tls, rule("wide", { host: "*.default.svc.cluster.local" }, created(3))),
  );
  assert.deepEqual(covered, [{ name: "a", namespace: "default", host: "reviews", trafficPolicy: {} }]);
  // One has subsets alone: it does not matter which is older.
  const subsets = rule("a", { host: "reviews", subsets: [{ name: "v1" }] });
  assert.deepEqual(await rulesOf(documents(subsets, rule("b", { host: "reviews", ...five }))), [
    { name: "a", namespace: "default", host: "reviews", ...five },
  ]);
  const unknown = documents(rule("a", { host: "reviews", ...five }), rule("b", { host: "reviews", ...five }));
  const how = "convert what kubectl get destinationrules --output yaml writes, or make one DestinationRule of them";
  const missing = `has this host too: the older one decides, and metadata.creationTimestamp is missing: ${how}`;
  assert.deepEqual(await why(unknown), [
    `a: not converted: DestinationRule default/b ${missing}`,
    `b: not converted: DestinationRule default/a ${missing}`,
  ]);
});

test("one that istiod merges with a refused one stays native too", async () => {
  const refused = rule(
    "b",
    { host: "reviews", trafficPolicy: { outlierDetection: { minHealthPercent: 50 } } },
    created(2),
  );
  const [first, second] = await why(documents(rule("a", { host: "reviews", ...five }, created(1)), refused));
  assert.equal(first, "a: not converted: istiod merges it with DestinationRule default/b, which stays native");
  assert.match(second ?? "", /^b: not converted: trafficPolicy\.outlierDetection\.minHealthPercent: /);
});

test("whose proxies a rule is for: all, those that it is exported to, or of its own namespace if the Service is elsewhere", async () => {
  const texts = documents(
    rule("a", five),
    rule("b", { ...five, exportTo: ["."] }),
    rule("c", { host: "c.far.svc.cluster.local", ...five }),
    rule("d", { ...five, exportTo: ["other"] }),
    rule("e", { ...five, workloadSelector: { matchLabels: { app: "web" } } }),
    rule("f", { host: "*.local", ...five }, { namespace: "istio-system" }),
  );
  const all = await converted(texts.replace(/\n---\n[^\n]*"f"[^\n]*$/, ""));
  assert.deepEqual(all.lines, []);
  const hosts = Object.fromEntries(
    Object.entries(rulesIn(all.resources)).map(([namespace, rules]) => [namespace, rules.map(({ host }) => host)]),
  );
  assert.deepEqual(hosts, { "istio-system": ["a"], default: ["b", "c.far.svc.cluster.local", "e"], other: ["d"] });
  // One for all that has hosts of others: which of them counts depends on the proxy's namespace.
  const apart = await why(texts);
  // For the proxies of all namespaces a is the closer one, and comes first.
  assert.deepEqual(
    apart.map((line) => line[0]),
    ["b", "c", "d", "e", "f"],
  );
  assert.match(
    apart[0] ?? "",
    /^b: not converted: DestinationRule istio-system\/f \(host \*\.local\) is for some of its requests too, and for other proxies: say --to-namespace$/,
  );
  const several = await why(rule("a", { ...five, exportTo: ["x", "y"] }));
  assert.deepEqual(several, ["a: not converted: it is for several namespaces, or for none: say --to-namespace"]);
  const nobody = await why(rule("a", { host: "a.far.svc.cluster.local", ...five, exportTo: ["far"] }));
  assert.deepEqual(nobody, several);
});

test("--to-namespace: the client's own rule is before the Service's, and that before the root namespace's", async () => {
  const host = "reviews.default.svc.cluster.local";
  const own = rule("own", { host, trafficPolicy: errors(1) }, { namespace: "web" });
  const services = rule("service", { host, trafficPolicy: errors(2) });
  const root = rule("root", { host, trafficPolicy: errors(3) }, { namespace: "istio-system" });
  const all = documents(own, services, root);
  const inForce = async (namespace: string) => {
    const { resources, lines } = await converted(all, "--to-namespace", namespace);
    const [found] = rulesIn(resources)[namespace] ?? [];
    return { found: found?.name, told: lines.length };
  };
  assert.deepEqual(await inForce("web"), { found: "own", told: 2 });
  assert.deepEqual(await inForce("default"), { found: "service", told: 2 });
  assert.deepEqual(await inForce("other"), { found: "service", told: 2 });
  assert.match(
    (await why(all, "--to-namespace", "web"))[0] ?? "",
    /^service: not converted: proxies of web do not use it: DestinationRule web\/own comes before it there$/,
  );
  // Without it nobody knows.
  assert.equal((await why(all)).length, 3);
  const several = rule("a", { ...five, exportTo: ["x", "y"] });
  assert.deepEqual(
    (await rulesOf(several, "--to-namespace", "y")).map(({ name }) => name),
    ["a"],
  );
});

test("a host that is named more closely, and has no outlierDetection, belongs to no wildcard's circuit", async () => {
  const wide = rule("wide", { host: "*.example.com", ...five });
  const close = rule("close", { host: "a.example.com", trafficPolicy: { tls: { mode: "DISABLE" } } });
  assert.deepEqual(await rulesOf(documents(wide, close)), [
    { name: "wide", namespace: "default", host: "*.example.com", ...five },
    { namespace: "default", host: "a.example.com" },
  ]);
  const { out } = await converted(documents(wide, close));
  const rules = async (host: string) => (await signalbox(["explain", "-", "--host", host], out)).out.split("\n")[1];
  assert.equal(await rules("b.example.com"), "rule      wide");
  assert.equal(await rules("a.example.com"), "rule      none");
  // istiod asks the Service's namespace first, whatever the root namespace names more closely.
  const ranked = documents(
    rule("wide", { host: "*.default.svc.cluster.local", ...five }),
    rule("close", { host: "a.default.svc.cluster.local", ...five }, { namespace: "istio-system" }),
  );
  const told = await why(ranked);
  assert.equal(told.length, 2);
  assert.match(told[0] ?? "", /which of them counts depends on their namespaces, not on the host alone$/);
});

test("--to-namespace: a closer host that is not exported there keeps its requests from the wildcard", async () => {
  const wide = rule("wide", { host: "*.default.svc.cluster.local", ...five });
  const close = rule("close", { host: "a", ...five, exportTo: [".", "shop"] });
  const { resources, lines } = await converted(documents(wide, close), "--to-namespace", "web");
  assert.deepEqual(
    rulesIn(resources)["web"]?.map(({ host }) => host),
    ["*.default.svc.cluster.local", "a"],
  );
  assert.equal(rulesIn(resources)["web"]?.[1]?.trafficPolicy, undefined);
  assert.match(lines.join("\n"), /close: not converted: proxies of web do not use it: it is for others/);
  // Of one that is for its own namespace alone others know nothing.
  const own = rule("close", { host: "a", ...five, exportTo: ["."] });
  const alone = await converted(documents(wide, own), "--to-namespace", "web");
  assert.deepEqual(
    rulesIn(alone.resources)["web"]?.map(({ host }) => host),
    ["*.default.svc.cluster.local"],
  );
});

test("in the root namespace a rule for it alone comes first, and then that of the Service", async () => {
  const host = "reviews.default.svc.cluster.local";
  const of = (name: string, spec: object, namespace: string) => rule(name, { host, ...five, ...spec }, { namespace });
  const first = async (...texts: string[]) => {
    const { resources } = await converted(documents(...texts), "--to-namespace", "istio-system");
    return rulesIn(resources)["istio-system"]?.map(({ name }) => name);
  };
  const services = of("service", {}, "default");
  assert.deepEqual(await first(services, of("root", {}, "istio-system")), ["service"]);
  assert.deepEqual(await first(services, of("root", { exportTo: ["."] }, "istio-system")), ["root"]);
});

test("a wildcard of Services is converted, with a warning of short names", async () => {
  for (const host of ["*.default.svc.cluster.local", "*-v1"]) {
    const { lines, status, resources } = await converted(rule("wide", { host, ...five }));
    assert.equal(status, 0);
    assert.equal(resources.length, 1);
    assert.match(
      lines.join("\n"),
      /^<stdin>:1:\d+: warning: DestinationRule wide: this host also stands for short names of Services/,
    );
  }
});

test("where there is no place: gateways, and requests that arrive", async () => {
  assert.match(
    (await why(rule("a", five), "--gateway", "g"))[0] ?? "",
    /^a: not converted: at a gateway requests are for the gateway's hosts/,
  );
  assert.match((await why(rule("a", five), "--mode", "SERVER"))[0] ?? "", /--mode SERVER asks for those that arrive$/);
});

test("a host with capital letters stays native, and so do those that it could be merged with", async () => {
  const told = await why(
    documents(rule("a", { host: "Reviews", ...five }), rule("b", { host: "reviews", ...five }, created(1))),
  );
  assert.equal(told.length, 2);
  assert.match(
    told[0] ?? "",
    /^a: not converted: Istio compares it with the names of Services as it is written, .*: write it in lower case$/,
  );
});

test("--dry-run measures and refuses nothing; --filter asks for it alone, or leaves it out", async () => {
  const [first] = await rulesOf(rule("a", five), "--dry-run");
  assert.equal(first?.state, "METRICS_ONLY");
  const both = documents(rule("a", five), service("reviews", [{ route: [to("v1")] }]));
  const alone = await converted(both, "--filter", "circuit-breaking");
  assert.deepEqual([alone.resources.length, alone.notes.at(-1)], [1, "1 resource of another kind is left as it is."]);
  const { resources } = await converted(both, "--filter", "header-routing");
  assert.ok(resources.every(({ metadata }) => !metadata.name.startsWith("circuit-breaking")));
  const none = await converted(rule("a", { trafficPolicy: { tls: { mode: "DISABLE" } } }));
  assert.deepEqual([none.status, none.out, none.notes], [0, "", ["1 resource of another kind is left as it is."]]);
});

test("rules of one name have circuits of their own; if the filter refuses the whole, nothing is printed", async () => {
  const two = await rulesOf(documents(rule("a", five), rule("a", five, { namespace: "other" })));
  assert.deepEqual(
    two.map(({ name }) => name),
    ["a.default", "a.other"],
  );
  const port = { trafficPolicy: { ...errors(5), portLevelSettings: [{ port: { number: 81 }, ...errors(1) }] } };
  const { out, status, lines } = await converted(documents(rule("a", port), rule("a.81", { host: "b", ...five })));
  assert.deepEqual([out, status], ["", 1]);
  assert.match(
    lines.join("\n"),
    /circuit-breaking refuses the plugin made of it: .*another circuit is already named "a\.81"/,
  );
});

test("--module signalbox: the section circuitBreaking beside the others", async () => {
  const routes = service("reviews", [{ match: [{ uri: { prefix: "/a" } }], route: [to("v2")] }, { route: [to("v1")] }]);
  const subsets = [{ name: "v2", trafficPolicy: errors(2) }];
  const text = documents(
    policy("p", { selector: { matchLabels: { app: "web" } }, rules: SLEEP }, { namespace: "default" }),
    routes,
    rule("reviews", { ...five, subsets }),
  );
  const args = ["--module", "signalbox", "--selector", "app=web", "--to-namespace", "default"];
  const { plugins, lines } = await steered(text, ...args);
  assert.deepEqual(lines, []);
  assert.equal(plugins.length, 1);
  const config = plugins[0]?.spec["pluginConfig"] as Record<string, object>;
  assert.deepEqual(Object.keys(config).sort(), ["authz", "circuitBreaking", "headerRouting"]);
  assert.deepEqual(config["circuitBreaking"], {
    steering: { header: STEERING, value: "{subset}" },
    destinationRules: [{ name: "reviews", namespace: "default", host: "reviews", ...five, subsets }],
  });
});
