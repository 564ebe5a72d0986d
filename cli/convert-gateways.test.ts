/** What `signalbox convert` makes of VirtualServices of several gateways, of a gateway's, and of several for one host. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { converted, documents, service, steered, to, JASON } from "./test/conversion.ts";

const INGRESS = ["--selector", "istio=ingressgateway"];
const ROUTES = [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }];

/** The errors and warnings, without their places. */
function told(lines: readonly string[]): string[] {
  return lines.filter((line) => /^<stdin>/.test(line)).map((line) => line.replace(/^<stdin>:\d+:\d+: /, ""));
}

test("for a gateway: its matches alone, its pods in whichever namespace", async () => {
  const http = [
    { match: [{ gateways: ["mesh"], ...JASON[0] }], route: [to("v3")] },
    { match: [{ gateways: ["front"], uri: { exact: "/a" } }, { gateways: ["mesh"] }], route: [to("v2")] },
    { route: [to("v1")] },
  ];
  const text = service("reviews", http, { gateways: ["mesh", "front"] });
  const { plugins, config, resources, status } = await steered(text, "--gateway", "front", ...INGRESS);
  assert.equal(plugins[0]?.metadata.namespace, "istio-system");
  assert.deepEqual(plugins[0].spec["selector"], { matchLabels: { istio: "ingressgateway" } });
  assert.deepEqual(plugins[0].spec["match"], [{ mode: "CLIENT" }]);
  assert.deepEqual(config?.virtualServices, [
    {
      name: "reviews",
      namespace: "default",
      hosts: ["reviews"],
      http: [{ match: [{ uri: { exact: "/a" } }], route: [to("v2")] }, { route: [to("v1")] }],
    },
  ]);
  assert.deepEqual(resources[0]?.spec["gateways"], ["mesh", "front"]);
  assert.equal(status, 0);
  const other = await converted(text, "--gateway", "back", ...INGRESS);
  assert.deepEqual(told(other.lines), [
    "error: VirtualService reviews: not converted: it is not for the gateway default/back: convert it with --gateway mesh or --gateway default/front",
  ]);
  assert.equal(other.status, 1);
});

test("the VirtualService is the same for each of its gateways, and the plugins are not one after the other", async () => {
  const text = service("shop", ROUTES, { gateways: ["istio-system/public", "mesh"] });
  const mesh = await converted(text);
  const gateway = await converted(text, "--gateway", "istio-system/public", ...INGRESS);
  assert.deepEqual(gateway.resources[0], mesh.resources[0]);
  const [first, second] = [mesh, gateway].map(({ resources }) => resources[1]);
  // The mesh's also runs at gateways, where it takes the header off: the gateway's own comes after it.
  assert.deepEqual([first?.spec["priority"], second?.spec["priority"]], [20, 19]);
  assert.match(JSON.stringify(first?.spec["pluginConfig"]), /"gateways":\["mesh"\]/);
  assert.doesNotMatch(JSON.stringify(second?.spec["pluginConfig"]), /"gateways"/);
});

test("a gateway is the same in all the ways in which Istio takes its name", async () => {
  for (const name of ["front", "default/front", "./front", "front.default.svc.cluster.local", "front.default"]) {
    const entries = [{ match: [{ gateways: [name], uri: { exact: "/a" } }], route: [to("v2")] }, { route: [to("v1")] }];
    const text = service("reviews", entries, { gateways: [name] });
    for (const asked of ["front", "default/front", "front.default.svc.cluster.local"]) {
      const { config } = await steered(text, "--gateway", asked, ...INGRESS);
      assert.deepEqual(
        config?.virtualServices[0]?.http[0],
        { match: [{ uri: { exact: "/a" } }], route: [to("v2")] },
        name,
      );
    }
  }
  const two = ["a", "b"].map((namespace) => service("reviews", ROUTES, { gateways: ["front"] }, { namespace }));
  const { lines, resources } = await converted(documents(...two), "--gateway", "front", ...INGRESS);
  assert.equal(resources.length, 0);
  assert.match(lines.join(), /--gateway front can be a\/front or b\/front: give one of these/);
});

test("beside gateways, a match's sourceLabels and sourceNamespace count for nothing, as in Istio", async () => {
  const match = [{ gateways: ["mesh"], sourceLabels: { app: "a" }, sourceNamespace: "b", ...JASON[0] }];
  const { config } = await steered(service("reviews", [{ match, route: [to("v2")] }, { route: [to("v1")] }]));
  assert.deepEqual(config?.virtualServices[0]?.http[0], { match: JASON, route: [to("v2")] });
});

test("the Gateway says which pods it has; where nothing says it, nothing is converted for it", async () => {
  const text = service("reviews", ROUTES, { gateways: ["front"] });
  const { lines, status, resources } = await converted(text, "--gateway", "front");
  assert.match(lines.join(), /the pods of the gateway default\/front are not known: .* name the pods with --selector/);
  assert.deepEqual([status, resources.length], [1, 0]);
  const gateway = {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name: "front", namespace: "default" },
    spec: { selector: { istio: "ingressgateway" }, servers: [] },
  };
  const { plugins } = await steered(documents(text, JSON.stringify(gateway)), "--gateway", "front");
  assert.deepEqual(plugins[0]?.spec["selector"], { matchLabels: { istio: "ingressgateway" } });
});

test("a port at a gateway is the Gateway's: what asks for one stays native", async () => {
  const entries = [{ match: [{ port: 80 }], route: [to("v2")] }, { route: [to("v1")] }];
  const text = service("reviews", entries, { gateways: ["front", "mesh"] });
  const { lines, resources } = await converted(text, "--gateway", "front", ...INGRESS);
  assert.match(
    told(lines).join(),
    /not converted: http\[0\]\.match\[0\]\.port: at a gateway this is the Gateway's port/,
  );
  assert.equal(resources.length, 0);
  assert.equal((await converted(text)).status, 0);
});

test("faults for several gateways stay native, as a plugin is for one", async () => {
  const fault = { abort: { percentage: { value: 1 }, httpStatus: 503 } };
  const entries = [{ fault, route: [to("v2")] }];
  const text = service("reviews", entries, { gateways: ["front", "mesh"] });
  const { lines, resources } = await converted(text, "--filter", "fault-injection");
  assert.deepEqual(told(lines), [
    "error: VirtualService reviews: not converted: its faults stay native: they are for default/front, mesh; make one VirtualService for each gateway",
  ]);
  assert.equal(resources.length, 0);
});

test("faults for a wildcard of Services stay native, as the filter knows no short names of theirs", async () => {
  const entries = [{ fault: { abort: { percentage: { value: 1 }, httpStatus: 503 } }, route: [to("v2")] }];
  for (const host of ["*.default.svc.cluster.local", "*.cluster.local", "*-v1.default.svc.cluster.local", "*-v1"]) {
    const text = service("reviews", entries, { hosts: [host] });
    const { lines, resources } = await converted(text, "--filter", "fault-injection");
    assert.deepEqual(told(lines), [
      "error: VirtualService reviews: not converted: its faults stay native: this host also stands for short names of Services, and a filter knows no Services",
    ]);
    assert.equal(resources.length, 0);
  }
  const elsewhere = service("reviews", entries, { hosts: ["*.example.com"] });
  assert.equal((await converted(elsewhere, "--filter", "fault-injection")).status, 0);
});

test("faults stay native if the plugin is for fewer proxies than they are", async () => {
  const entries = [{ fault: { abort: { percentage: { value: 1 }, httpStatus: 503 } }, route: [to("v2")] }];
  const text = service("reviews", entries);
  for (const narrow of [
    ["--selector", "app=web"],
    ["--to-namespace", "front"],
  ]) {
    const { lines, resources } = await converted(text, "--filter", "fault-injection", ...narrow);
    assert.deepEqual(told(lines), [
      "error: VirtualService reviews: not converted: its faults stay native: it is for more proxies than the plugin (--selector, --to-namespace)",
    ]);
    assert.equal(resources.length, 0);
  }
  const own = service("reviews", entries, { exportTo: ["front"] });
  assert.equal((await converted(own, "--filter", "fault-injection", "--to-namespace", "front")).status, 0);
});

test("faults of a wildcard stay native if not all of its proxies see the VirtualService with a host of it", async () => {
  const entries = [{ fault: { abort: { percentage: { value: 1 }, httpStatus: 503 } }, route: [to("v2")] }];
  const wide = service("wide", entries, { hosts: ["*.example.com"] });
  const narrow = (exportTo: string[]) => service("narrow", ROUTES, { hosts: ["shop.example.com"], exportTo });
  const { lines } = await converted(documents(wide, narrow(["shop"])));
  assert.ok(
    told(lines).includes(
      "error: VirtualService wide: not converted: its faults stay native: only some proxies see VirtualService default/narrow, which shares a host with it (exportTo)",
    ),
  );
  assert.equal((await converted(documents(wide, narrow(["*"])))).status, 0);
});

test("what arrives is no VirtualService's", async () => {
  const { lines, resources } = await converted(service("reviews", ROUTES), "--mode", "SERVER");
  assert.match(told(lines).join(), /a VirtualService decides for requests that are sent/);
  assert.equal(resources.length, 0);
});

const OLD = { creationTimestamp: "2025-01-01T00:00:00Z" };
const YOUNG = { creationTimestamp: "2026-01-01T00:00:00Z" };

test("in the mesh, the oldest VirtualService of a host decides, by whichever name the host goes", async () => {
  const young = service(
    "young",
    [{ route: [to("v3")] }],
    { hosts: ["reviews.default.svc.cluster.local", "ratings"] },
    YOUNG,
  );
  const old = service("old", ROUTES, { hosts: ["reviews"] }, OLD);
  const { config, lines, status } = await steered(documents(young, old));
  assert.deepEqual(
    config?.virtualServices.map(({ name, hosts }) => [name, hosts]),
    [
      ["old", ["reviews"]],
      ["young", ["ratings"]],
    ],
  );
  assert.deepEqual(told(lines), [
    "warning: VirtualService young: not in force for reviews.default.svc.cluster.local: VirtualService default/old (<stdin>:3) has this host too and is older",
  ]);
  assert.equal(status, 0);
});

test("where it cannot be known whose a host is, all of its VirtualServices stay native and are named", async () => {
  const why = async (...texts: string[]) => {
    const { lines, resources, status } = await converted(documents(...texts));
    assert.deepEqual([resources.length, status], [0, 1]);
    assert.equal(told(lines).length, 2);
    assert.match(
      lines[0] ?? "",
      /VirtualService a: not converted: VirtualService default\/b \(<stdin>:3\) has this host too: /,
    );
    return lines[0]?.replace(/.*has this host too: /, "");
  };
  const a = (spec: object, metadata: object) => service("a", ROUTES, { hosts: ["reviews"], ...spec }, metadata);
  const b = (spec: object, metadata: object, http: object[] = ROUTES) =>
    service("b", http, { hosts: ["reviews"], ...spec }, metadata);
  assert.match((await why(a({}, OLD), b({}, {}))) ?? "", /^the older one decides, and metadata.creationTimestamp/);
  assert.equal(await why(a({}, OLD), b({ exportTo: ["."] }, YOUNG)), "some proxies see only some of them (exportTo)");
  assert.equal(await why(a({}, OLD), b({ hosts: ["reviews.default"] }, YOUNG)), "they write it in two ways");
  const some = [{ match: [{ sourceLabels: { app: "a" } }], route: [to("v3")] }];
  assert.equal(
    await why(a({}, YOUNG), b({}, OLD, some)),
    "which of them is asked depends on the proxy (sourceLabels, sourceNamespace, port)",
  );
});

test("at a gateway, the VirtualServices of a host are merged by age, what every request meets at the end", async () => {
  const at = { gateways: ["front"] };
  const old = service(
    "old",
    [{ match: JASON, route: [to("v2")] }, { route: [to("v1")] }],
    { hosts: ["a.example", "b.example"], ...at },
    OLD,
  );
  const young = service(
    "young",
    [{ match: [{ uri: { exact: "/y" } }], route: [to("v3")] }],
    { hosts: ["a.example"], ...at },
    YOUNG,
  );
  const { config, http } = await steered(documents(young, old), "--gateway", "front", ...INGRESS);
  assert.deepEqual(config?.virtualServices, [
    {
      name: "old+young",
      namespace: "default",
      hosts: ["a.example"],
      http: [
        { match: JASON, route: [to("default.old.http-0")] },
        { match: [{ uri: { exact: "/y" } }], route: [to("default.young.http-0")] },
        { route: [to("default.old.http-1")] },
      ],
    },
    {
      name: "old",
      namespace: "default",
      hosts: ["b.example"],
      http: [{ match: JASON, route: [to("default.old.http-0")] }, { route: [to("default.old.http-1")] }],
    },
  ]);
  const values = http.map((routes) =>
    routes.flatMap((route) => JSON.stringify(route).match(/"exact":"(default[^"]*)"/)?.[1] ?? []),
  );
  assert.deepEqual(values, [["default.young.http-0"], ["default.old.http-0", "default.old.http-1"]]);
});

test("whether a gateway merges a wildcard with a host of it, its Gateway says", async () => {
  const at = { gateways: ["front"] };
  const wide = service("wide", ROUTES, { hosts: ["*.example.com"], ...at }, OLD);
  const narrow = service("narrow", ROUTES, { hosts: ["a.example.com"], ...at }, YOUNG);
  const gateway = (host: string) =>
    JSON.stringify({
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "front", namespace: "default" },
      spec: {
        selector: { istio: "x" },
        servers: [{ hosts: [host], port: { number: 80, name: "http", protocol: "HTTP" } }],
      },
    });
  const of = async (...texts: string[]) => {
    const { config, lines } = await steered(documents(wide, narrow, ...texts), "--gateway", "front", ...INGRESS);
    return config?.virtualServices.map(({ name }) => name) ?? lines[0]?.replace(/.*has this host too: /, "");
  };
  assert.equal(await of(), "whether Istio merges them depends on the Gateway default/front: give it too");
  assert.deepEqual(await of(gateway("*")), ["wide", "narrow"]);
  assert.deepEqual(await of(gateway("default/*.example.com")), ["wide", "narrow"]);
  assert.equal(await of(gateway("a.example.com")), "the Gateway default/front has a host that several of them are for");
});

test("a plugin with a wildcard leaves alone the hosts of VirtualServices that are not in it", async () => {
  const fault = { abort: { percentage: { value: 1 }, httpStatus: 503 } };
  const wide = service("wide", [{ fault, route: [to("v1")] }], { hosts: ["*.example.com"] });
  const own = service("own", [{ match: [{ sourceLabels: { app: "a" }, ...JASON[0] }], route: [to("v1")] }], {
    hosts: ["a.example.com", "b"],
  });
  const { plugins } = await steered(documents(wide, own), "--filter", "fault-injection");
  const { virtualServices } = plugins[0]?.spec["pluginConfig"] as { virtualServices: object[] };
  assert.deepEqual(virtualServices.slice(1), [
    {
      name: "own",
      namespace: "default",
      hosts: ["a.example.com"],
      gateways: ["mesh"],
      http: [{ match: [{ sourceLabels: { app: "a" } }] }],
    },
  ]);
});

test("faults stay native if another gateway has a VirtualService that a request for their host can meet", async () => {
  const fault = { abort: { percentage: { value: 1 }, httpStatus: 503 } };
  const made = async (host: string, elsewhere: string) => {
    const own = service("own", [{ fault, route: [to("v1")] }], { hosts: [host], gateways: ["front"] });
    const other = service("other", [{ route: [to("v1")] }], { hosts: [elsewhere], gateways: ["back"] });
    const args = ["--filter", "fault-injection", "--gateway", "front", ...INGRESS];
    const { lines, plugins } = await steered(documents(own, other), ...args);
    if (plugins.length === 0) assert.match(told(lines)[0] ?? "", /VirtualService default\/other shares a host with it/);
    return plugins.length;
  };
  for (const [host, elsewhere] of [
    ["a.example.com", "a.example.com"],
    ["a.example.com", "A.Example.com"],
    ["a.example.com", "*.example.com"],
    ["*.example.com", "a.example.com"],
    ["*.a.example.com", "*.example.com"],
    ["*", "a.example.com"],
    ["a.example.com", "*"],
    ["reviews", "*.default.svc.cluster.local"],
    ["*-v1", "reviews-v1"],
  ] as const) {
    assert.equal(await made(host, elsewhere), 0, `${host} ${elsewhere}`);
  }
  for (const [host, elsewhere] of [
    ["a.example.com", "b.example.com"],
    ["*.example.com", "example.com"],
    ["*.a.example.com", "*.b.example.com"],
  ] as const) {
    assert.equal(await made(host, elsewhere), 1, `${host} ${elsewhere}`);
  }
});

test("a delegate, and what delegates, stay native", async () => {
  const root = service("root", [{ match: JASON, delegate: { name: "part" } }]);
  const part = service("part", ROUTES, { hosts: undefined });
  const { lines, status } = await converted(documents(root, part));
  assert.deepEqual(told(lines), [
    "error: VirtualService root: not converted: http[0].delegate: the routes are in the VirtualService default/part: write them here instead",
    "error: VirtualService part: not converted: it has no hosts: it is the delegate of another VirtualService; write its routes there instead",
  ]);
  assert.equal(status, 1);
});
