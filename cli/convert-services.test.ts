/** What `signalbox convert` makes of VirtualServices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, service, steered, to, JASON, REMOVE, STEERING, selected } from "./test/conversion.ts";

test("a VirtualService with routes keeps them, behind those that carry out what a plugin decides", async () => {
  const http = [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }];
  const metadata = { labels: { team: "books" }, annotations: { "argocd.argoproj.io/sync-wave": "3" } };
  const { status, resources, lines } = await steered(service("reviews", http, {}, metadata));
  const [native, plugin] = resources;
  assert.deepEqual(native, {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name: "reviews", namespace: "default", ...metadata },
    spec: { hosts: ["reviews"], http: [selected("v2", [to("v2")]), selected("v1", [to("v1")]), ...http] },
  });
  assert.equal(plugin?.metadata.namespace, "istio-system");
  assert.deepEqual(plugin.spec["match"], [{ mode: "CLIENT" }]);
  assert.deepEqual(plugin.spec["pluginConfig"], {
    steering: { header: STEERING, value: "{subset}" },
    virtualServices: [{ name: "reviews", namespace: "default", hosts: ["reviews"], gateways: ["mesh"], http }],
  });
  assert.deepEqual(
    lines.filter((line) => line.includes("error")),
    [],
  );
  assert.equal(status, 0);
});

test("weights are the filter's", async () => {
  const weighted = [
    { ...to("v1"), weight: 90 },
    { ...to("v2"), weight: 10 },
  ];
  const { config, http } = await steered(service("reviews", [{ route: weighted }]));
  assert.deepEqual(config?.virtualServices[0]?.http, [{ route: weighted }]);
  assert.deepEqual(http, [[selected("v1", [to("v1")]), selected("v2", [to("v2")]), { route: weighted }]]);
});

test("an entry for every request decides in each of its forms where the plugin does not run", async () => {
  for (const match of [undefined, [], [{}], [{ uri: { prefix: "/" } }], [{ uri: { regex: ".*" } }]]) {
    const everyone = { ...(match !== undefined && { match }), route: [to("v1")] };
    const { http } = await steered(service("reviews", [{ match: JASON, route: [to("v2")] }, everyone]));
    assert.deepEqual(http[0]?.at(-1), everyone);
  }
});

test("destinations are told apart by their subset, else by their host, else by both and the port", async () => {
  const templateFor = async (...destinations: object[]) => {
    const http = destinations.map((destination) => ({ match: JASON, route: [{ destination }] }));
    const { config, http: native } = await steered(service("reviews", http));
    return [
      config?.steering.value,
      ...(native[0] ?? []).flatMap(
        (route) => JSON.stringify(route).match(/"x-steering":{"exact":"([^"]*)"/)?.[1] ?? [],
      ),
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
  const original = [slow, rewritten, redirected, { route: [to("v1")] }];
  const { config, http, out, status } = await steered(service("reviews", original));
  const names = (subset: string) => [{ destination: { host: "reviews", subset } }];
  assert.deepEqual(config?.virtualServices[0]?.http, [
    { match: slow.match, route: names("http-0") },
    { name: "old", match: [rewritten.match[0]], route: names("http-1-0") },
    { name: "old", match: [rewritten.match[1]], route: names("http-1-1") },
    { match: JASON, route: names("http-2") },
    { route: [to("v1")] },
  ]);
  const header = (exact: string) => ({ headers: { [STEERING]: { exact } } });
  const { match: _, ...action } = rewritten;
  const made = { ...action, headers: { request: { remove: ["x", STEERING] } } };
  assert.deepEqual(http[0], [
    selected("v1", [to("v1")]),
    { match: [{ uri: { prefix: "/slow" }, ...header("http-0") }], timeout: "5s", route: [to("v1")], headers: REMOVE },
    { ...made, match: [{ uri: { prefix: "/a" }, ...header("http-1-0") }] },
    { ...made, match: [{ uri: { prefix: "/b" }, ...header("http-1-1") }] },
    { match: [header("http-2")], redirect: { uri: "/x" } },
    ...original,
  ]);
  assert.match(out, /^# http\[0\] stays native \(timeout\); the plugin selects it by x-steering: http-0$/m);
  assert.match(out, /^# http\[2\] stays native \(redirect\); the plugin selects it by x-steering: http-2$/m);
  assert.equal(status, 0);
});

test("headers are changed by Istio, after routing: those of an entry and those of a destination", async () => {
  const headers = { response: { set: { a: "b" } } };
  const entries = [
    { match: JASON, headers, route: [to("v2")] },
    {
      route: [
        { ...to("v1"), weight: 1, headers: { request: { remove: ["x-forwarded-proto"] } } },
        { ...to("v2"), weight: 1 },
      ],
    },
  ];
  const { config, http } = await steered(service("reviews", entries));
  assert.deepEqual(config?.virtualServices[0]?.http, [
    { match: JASON, route: [to("http-0")] },
    { route: [to("http-1")] },
  ]);
  assert.deepEqual(http[0], [
    { ...entries[0], match: [{ headers: { [STEERING]: { exact: "http-0" } } }], headers: { ...headers, ...REMOVE } },
    { ...entries[1], match: [{ headers: { [STEERING]: { exact: "http-1" } } }], headers: REMOVE },
    ...entries,
  ]);
});

test("routes keep the names and statistics that they had", async () => {
  const labelled = [{ ...JASON[0], name: "jason", statPrefix: "of-jason" }, { uri: { exact: "/a" } }];
  const entries = [
    { name: "first", match: JASON, route: [to("v2")] },
    { name: "second", match: [{ uri: { exact: "/b" } }], route: [to("v2")] },
    { match: labelled, route: [to("v1")] },
    { name: "rest", route: [to("v3")] },
  ];
  const { http, config } = await steered(service("reviews", entries));
  const header = (exact: string) => ({ headers: { [STEERING]: { exact } } });
  assert.deepEqual(http[0]?.slice(0, 5), [
    { name: "first", ...selected("v2", [to("v2")]) },
    { name: "rest", ...selected("v3", [to("v3")]) },
    { name: "second", match: [{ uri: { exact: "/b" }, ...header("http-1") }], headers: REMOVE, route: [to("v2")] },
    {
      match: [{ name: "jason", statPrefix: "of-jason", ...header("http-2-0") }],
      headers: REMOVE,
      route: [to("v1")],
    },
    { match: [{ uri: { exact: "/a" }, ...header("http-2-1") }], headers: REMOVE, route: [to("v1")] },
  ]);
  assert.deepEqual(config?.virtualServices[0]?.http.slice(2, 4), [
    { match: [{ ...JASON[0], name: "jason" }], route: [to("http-2-0")] },
    { match: [labelled[1]], route: [to("http-2-1")] },
  ]);
});

test("where the original has no route for a proxy or a port, the one that carries out is not there either", async () => {
  const entries = [
    { match: [{ sourceLabels: { app: "a" }, ...JASON[0] }, { sourceNamespace: "b" }], route: [to("v2")] },
    { match: [{ port: 8080 }], timeout: "5s", route: [to("v1")] },
  ];
  const { http } = await steered(service("reviews", entries));
  const header = (exact: string) => ({ headers: { [STEERING]: { exact } } });
  assert.deepEqual(http[0]?.slice(0, 2), [
    {
      match: [
        { sourceLabels: { app: "a" }, ...header("v2") },
        { sourceNamespace: "b", ...header("v2") },
      ],
      headers: REMOVE,
      route: [to("v2")],
    },
    { match: [{ port: 8080, ...header("http-1") }], timeout: "5s", headers: REMOVE, route: [to("v1")] },
  ]);
});

test("no VirtualService can ask for the header that steers, and others have another one", async () => {
  const text = (name: string) => service(name, [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }]);
  const one = (await steered(text("reviews"))).header;
  const again = (await steered(text("reviews"))).header;
  const other = (await steered(text("ratings"))).header;
  assert.match(one ?? "", /^x-signalbox-[0-9a-f]{12}$/);
  assert.equal(again, one);
  assert.notEqual(other, one);
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
  const [native, plugin] = resources;
  assert.deepEqual(native?.spec, {
    hosts: ["reviews"],
    http: [first, { name: "slow", match: JASON, route: [to("v1")], timeout: "9s" }, third],
  });
  assert.deepEqual(plugin?.spec["pluginConfig"], {
    virtualServices: [
      {
        name: "reviews",
        namespace: "default",
        hosts: ["reviews"],
        gateways: ["mesh"],
        http: [{ match: first?.match }, { name: "slow", match: JASON, fault: delay }],
      },
    ],
  });
  assert.equal(status, 0);
});

test("faults and routes become two plugins, routes before faults; --filter asks for one", async () => {
  const fault = { abort: { percentage: { value: 1 }, httpStatus: 503 } };
  const text = service("reviews", [{ match: JASON, fault, route: [to("v2")] }, { route: [to("v1")] }]);
  const kinds = async (...args: string[]) =>
    (await converted(text, ...args)).resources.map(({ kind, spec }) => [kind, spec["priority"], spec["failStrategy"]]);
  const native = ["VirtualService", undefined, undefined];
  const [routing, faults] = [
    ["WasmPlugin", 20, "FAIL_OPEN"],
    ["WasmPlugin", 10, "FAIL_OPEN"],
  ];
  assert.deepEqual(await kinds(), [native, routing, faults]);
  assert.deepEqual(await kinds("--filter", "fault-injection"), [native, faults]);
  const { config, http } = await steered(text, "--filter", "header-routing");
  // Its fault stays native then, and so does the entry.
  assert.deepEqual(config?.virtualServices[0]?.http[0], { match: JASON, route: [to("http-0")] });
  assert.deepEqual((http[0]?.[1] as { fault: unknown }).fault, fault);
});

test("a fault that the filter refuses stays native, and is named", async () => {
  const http = [
    { match: JASON, fault: { abort: { percentage: { value: 1 }, http2Error: "x" } }, route: [to("v1")] },
    { fault: { abort: { percentage: { value: 1 }, httpStatus: 503 } }, route: [to("v1")] },
  ];
  const { status, resources, lines } = await converted(service("reviews", http), "--filter", "fault-injection");
  const [native, plugin] = resources;
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

test("what only the proxies of the root namespace see stays native: a plugin there is for all proxies", async () => {
  const entries = [{ fault: { abort: { percentage: { value: 100 }, httpStatus: 418 } }, route: [to("v1")] }];
  for (const exportTo of [["."], ["istio-system"], [".", "istio-system"]]) {
    const only = service("reviews", entries, { exportTo }, { namespace: "istio-system" });
    const { resources, lines, status } = await converted(only);
    assert.deepEqual(resources, []);
    assert.deepEqual(
      lines.filter((line) => !line.includes("only the proxies of istio-system see it")),
      [],
    );
    assert.equal(status, 1);
  }
  const elsewhere = service("reviews", entries, { exportTo: ["."] }, { namespace: "shop" });
  const plugins = (await converted(elsewhere)).resources.filter(({ kind }) => kind === "WasmPlugin");
  assert.deepEqual([...new Set(plugins.map(({ metadata }) => metadata.namespace))], ["shop"]);
});
