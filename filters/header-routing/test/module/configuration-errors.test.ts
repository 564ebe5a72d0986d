/** What a user reads who mistyped something: the exact lines. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { OWN_MODULE_ONLY } from "../../../../test/support/module/sections.ts";
import { configurationErrors, configurationWarnings } from "../../../../test/support/module/configuration-errors.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const errors = (configuration: unknown): string[] => configurationErrors(HEADER_ROUTING, configuration);

const DESTINATION = { host: "reviews", subset: "v1" };
const ROUTE = [{ destination: DESTINATION }];
const service = (http: unknown, fields: object = {}): object => ({
  virtualServices: [{ hosts: ["a"], http, ...fields }],
});
const matching = (match: unknown): object => service([{ match: [match], route: ROUTE }]);
const HTTP = "virtualServices[0].http[0]";

const NO_HOSTS = "required, and missing; if this is a delegate, write its routes into the VirtualService that names it";

const CASES: readonly (readonly [name: string, configuration: unknown, lines: readonly string[]])[] = [
  ["not JSON", "{", ["pluginConfig: not JSON: expected a name in double quotes (byte 1)"]],
  ["a name twice", '{"a":1,"a":2}', ["pluginConfig: not JSON: an object has the same name twice (byte 7)"]],
  ["no object", "[]", ["pluginConfig: expected an object, got []"]],
  ["nothing in it", "{}", ["virtualServices: required, and missing"]],
  [
    "unknown fields, near to known ones and far",
    { ...service([{ route: ROUTE }]), stering: {}, xyz: 1 },
    ['pluginConfig: unknown field "stering" (did you mean "steering"?)', 'pluginConfig: unknown field "xyz"'],
  ],
  ["no hosts", { virtualServices: [{ http: [] }] }, [`virtualServices[0].hosts: ${NO_HOSTS}`]],
  [
    "no host",
    { virtualServices: [{ hosts: [], http: [] }] },
    ["virtualServices[0].hosts: expected a list that is not empty, got []"],
  ],
  [
    "a malformed host",
    { virtualServices: [{ hosts: ["a..b", "a*.b"], http: [] }] },
    [
      'virtualServices[0].hosts[0]: expected a host name, which may begin with "*", got "a..b"',
      'virtualServices[0].hosts[1]: expected a host name, which may begin with "*", got "a*.b"',
    ],
  ],
  [
    "a host that another has",
    {
      virtualServices: [
        { hosts: ["reviews"], http: [{ route: ROUTE }] },
        { hosts: ["REVIEWS.default.svc.cluster.local"], http: [{ route: ROUTE }] },
      ],
    },
    [
      'virtualServices[1].hosts[0]: another entry already has the host "REVIEWS.default.svc.cluster.local"',
      'virtualServices[1].hosts[0]: another entry already has the host "REVIEWS.default.svc.cluster.local."',
      'virtualServices[1].hosts[0]: another entry already has the host "REVIEWS.default"',
      'virtualServices[1].hosts[0]: another entry already has the host "REVIEWS.default.svc"',
      'virtualServices[1].hosts[0]: another entry already has the host "REVIEWS"',
    ],
  ],
  ["a match of the wrong type", matching({ uri: "/a" }), [`${HTTP}.match[0].uri: expected an object, got "/a"`]],
  [
    "two ways to match",
    matching({ uri: { exact: "/a", prefix: "/b" } }),
    [`${HTTP}.match[0].uri: expected only one of exact, prefix and regex, got {"exact":"/a","prefix":"/b"}`],
  ],
  [
    "a header's match mistyped",
    matching({ headers: { "end-user": { exacto: "x" } } }),
    [`${HTTP}.match[0].headers["end-user"]: unknown field "exacto" (did you mean "exact"?)`],
  ],
  [
    "a header's name",
    matching({ headers: { "a b": {} } }),
    [`${HTTP}.match[0].headers["a b"]: not a valid header name`],
  ],
  [
    "an empty prefix",
    matching({ headers: { a: { prefix: "" } } }),
    [`${HTTP}.match[0].headers.a.prefix: expected a string that is not empty, got ""`],
  ],
  [
    "an expression with a backreference",
    matching({ uri: { regex: "(a)\\1" } }),
    [`${HTTP}.match[0].uri.regex: not an RE2 regular expression: RE2 has no backreferences at byte 3, got "(a)\\\\1"`],
  ],
  [
    "an expression too long",
    matching({ uri: { regex: "a".repeat(1025) } }),
    [`${HTTP}.match[0].uri.regex: expected a regular expression of 1 to 1024 bytes, got "${"a".repeat(79)}…`],
  ],
  [
    "a claim",
    matching({ headers: { "@request.auth.claims": { exact: "x" } } }),
    [
      `${HTTP}.match[0].headers["@request.auth.claims"]: not the name of a claim: write "@request.auth.claims.name" or "@request.auth.claims[name][name]"`,
    ],
  ],
  ["a match that is null, which every request would meet", matching(null), [`${HTTP}.match[0]: required, and missing`]],
  [
    "a principal that is null, which would match everyone",
    matching({ principals: [null] }),
    [`${HTTP}.match[0].principals[0]: expected a string that is not empty, got null`],
  ],
  ["a port", matching({ port: 65536 }), [`${HTTP}.match[0].port: expected a whole number from 1 to 65535, got 65536`]],
  [
    "gateways",
    matching({ gateways: ["mesh"] }),
    [`${HTTP}.match[0].gateways: not supported: the WasmPlugin's selector and match decide where the filter runs`],
  ],
  [
    "a gateway that a filter cannot know",
    { virtualServices: [{ hosts: ["*"], gateways: ["mesh", "front"], http: [{ route: ROUTE }] }] },
    [
      `virtualServices[0].gateways[1]: not supported: only "mesh" is possible: the WasmPlugin's selector chooses a gateway's pods`,
    ],
  ],
  [
    "another action",
    service([{ route: ROUTE, timeout: "5s" }]),
    [`${HTTP}.timeout: not supported: leave it to the static VirtualService that reads the steering header`],
  ],
  ["no destination", service([{ route: [{ weight: 1 }] }]), [`${HTTP}.route[0].destination: required, and missing`]],
  [
    "a weight",
    service([{ route: [{ destination: DESTINATION, weight: 1.5 }] }]),
    [`${HTTP}.route[0].weight: expected a whole number from 0 to 1000000, got 1.5`],
  ],
  ["weights of nothing", service([{ route: [...ROUTE, ...ROUTE] }]), [`${HTTP}.route: the weights add up to 0`]],
  ...[
    ["y", true, "true: YAML reads y, yes and on as true unless they are quoted"],
    ["no", false, "false: YAML reads n, no and off as false unless they are quoted"],
  ].map(([name, value, got]): (typeof CASES)[number] => [
    `an unquoted ${name} of YAML`,
    matching({ headers: { debug: { exact: value } } }),
    [`${HTTP}.match[0].headers.debug.exact: expected a string, got ${got}`],
  ]),
  [
    "an authority rewrite",
    service([{ route: ROUTE, headers: { request: { set: { Host: "b" } } } }]),
    [`${HTTP}.headers.request.set.Host: not supported: if a filter changes it, Envoy chooses the route again`],
  ],
  ...[
    "x-forwarded-proto",
    "grpc-timeout",
    "x-envoy-attempt-count",
    "x-envoy-expected-rq-timeout-ms",
    "x-envoy-upstream-alt-stat-name",
    "x-envoy-upstream-rq-timeout-ms",
    "x-envoy-upstream-rq-per-try-timeout-ms",
  ].map((name): (typeof CASES)[number] => [
    `a change of ${name}`,
    service([{ route: ROUTE, headers: { request: { remove: [name] } } }]),
    [
      `${HTTP}.headers.request.remove[0]: not supported: ` +
        "Envoy's router reads this header before it applies a route's header changes",
    ],
  ]),
  [
    "a format",
    service([{ route: ROUTE, headers: { request: { set: { a: "%REQ(x)%" } } } }]),
    [
      `${HTTP}.headers.request.set.a: expected a value without Envoy format strings (write "%%" for "%"), got "%REQ(x)%"`,
    ],
  ],
  [
    "hashOn",
    service([{ route: ROUTE, hashOn: { header: "a", cookie: "b" } }]),
    [`${HTTP}.hashOn: expected {header: name}, {cookie: name} or "principal", got {"header":"a","cookie":"b"}`],
  ],
  [
    "a steering template",
    { ...service([{ route: ROUTE }]), steering: { value: "{subst}" } },
    ['steering.value: expected a template of {host}, {subset} and {port}, got "{subst}"'],
  ],
  [
    "a cluster's missing parts",
    { ...service([{ route: ROUTE }]), steering: { value: "outbound|{port}|{subset}|{host}" } },
    [
      `${HTTP}.route[0].destination: steering.value names a cluster: the host must be fully qualified`,
      `${HTTP}.route[0].destination: steering.value names a cluster: a port is required`,
    ],
  ],
];

for (const [name, configuration, lines] of CASES) {
  test(`errors: ${name}`, () => assert.deepEqual(errors(configuration), lines));
}

test("an empty configuration, and null, say what to write", { skip: OWN_MODULE_ONLY }, () => {
  const message = /^pluginConfig: empty: write virtualServices, for example \{virtualServices: \[\{hosts: /;
  for (const nothing of ["", "null"]) assert.match(errors(nothing)[0] ?? "", message);
});

test("every error of a document is reported, a hundred of them line by line and the rest by number", () => {
  const http = Array.from({ length: 250 }, () => ({ route: ROUTE, rout: 1 }));
  const lines = errors(service(http));
  assert.equal(lines.length, 101);
  assert.equal(lines[99], 'virtualServices[0].http[99]: unknown field "rout" (did you mean "route"?)');
  assert.equal(lines[100], "and 150 more");
});

test("a route that can never be reached is a warning, and the configuration is taken", () => {
  assert.deepEqual(configurationWarnings(HEADER_ROUTING, service([{ route: ROUTE }, { route: ROUTE }])), [
    "virtualServices[0].http[1]: never used: an earlier route matches every request",
  ]);
});

test("a document of countless tiny parts is refused before it exhausts the VM", () => {
  const many = `{"virtualServices":[{"hosts":["a"],"http":[{"match":[${"{},".repeat(600_000)}{}],"route":[]}]}]}`;
  assert.ok(errors(many).includes("pluginConfig: too large: reading it needs more than 128 MiB of memory"));
  assert.deepEqual(errors(`["${"a".repeat(5 << 20)}"]`), [
    "pluginConfig: 5.1 MiB, at most 2 MiB: give each workload a WasmPlugin with the rules that it needs",
  ]);
});

test("more names of hosts than fit are refused, and a name that Kubernetes has not", () => {
  // Each of these services has five names, and 104,857 times five is 524,285.
  const hosts = Array.from({ length: 104_858 }, (_, n) => n.toString(36));
  const refused = "virtualServices[0].hosts[104857]: more than 524288 names of hosts";
  const http = [{ route: ROUTE }];
  assert.deepEqual(errors(service(http, { hosts, namespace: "a" })), [refused, refused]);
  assert.deepEqual(errors(service(http, { name: "a".repeat(253), namespace: "b".repeat(253) })), []);
  assert.deepEqual(errors(service(http, { name: "a".repeat(254), namespace: "b".repeat(254) })), [
    `virtualServices[0].name: expected a name of at most 253 bytes, got "${"a".repeat(79)}…`,
    `virtualServices[0].namespace: expected a name of at most 253 bytes, got "${"b".repeat(79)}…`,
  ]);
});
