/** What `signalbox convert` makes of VirtualServices. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, service, to, JASON, REMOVE, selected } from "./testing/conversion.ts";

test("a VirtualService with routes becomes a plugin and the VirtualService behind it", async () => {
  const http = [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }];
  const { status, resources, lines } = await converted(service("reviews", http, {}, { labels: { team: "books" } }));
  assert.deepEqual(resources, [
    {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "header-routing-reviews", namespace: "istio-system", labels: { team: "books" } },
      spec: {
        match: [{ mode: "CLIENT" }],
        priority: 20,
        failStrategy: "FAIL_OPEN",
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
        priority: 10,
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

test("faults and routes become two plugins, in the order of their manifests; --filter asks for one", async () => {
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
    ["WasmPlugin", "fault-injection-reviews", 10],
    ["WasmPlugin", "header-routing-reviews", 20],
    native,
  ]);
  assert.deepEqual(await kinds("--filter", "fault-injection"), [["WasmPlugin", "fault-injection-reviews", 10], native]);
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
