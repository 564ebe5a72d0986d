/** What Istio takes and `signalbox validate` warns of, as it does not do what was probably meant. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signalbox } from "./test/run.ts";

/** Validates a text; gives what was found, a line each, without the counts. */
async function found(text: string, ...args: string[]) {
  const { status, out } = await signalbox(["validate", "-", ...args], text);
  return { status, lines: out.trimEnd().split("\n").slice(0, -1) };
}

/** A WasmPlugin as JSON, so that each value stands in line 1. */
function plugin(spec: object, metadata: object = {}): string {
  const whole = {
    apiVersion: "extensions.istio.io/v1alpha1",
    kind: "WasmPlugin",
    metadata: { name: "a", ...metadata },
  };
  const usual = { url: "oci://registry.internal/authz:1", pluginConfig: { policies: [] } };
  return JSON.stringify({ ...whole, spec: { ...usual, ...spec } });
}

function messages(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/^<stdin>:\d+:\d+: /, ""));
}

const rules = (...policies: object[]): object => ({ pluginConfig: { policies: policies.map(named) } });
const named = (policy: object, place: number): object => ({ name: `p${place}`, ...policy });

const PLAIN = "one star at the start or at the end is a pattern, any other is a plain character";

test("a star that is no pattern, in an AuthorizationPolicy as in authz", async () => {
  const policy = {
    rules: [
      {
        from: [
          {
            source: {
              principals: ["*", "*a", "a*", "*a*", "a*b"],
              namespaces: ["a*b"],
              requestPrincipals: ["iss/*", "*/*"],
            },
          },
        ],
        to: [{ operation: { paths: ["/a*b", "/a/{*}/b", "/a/*"], notHosts: ["**"], methods: ["*"] } }],
        when: [
          { key: "request.headers[a]", values: ["a*b"], notValues: ["*"] },
          { key: "source.namespace", values: ["a*b"] },
        ],
      },
    ],
  };
  const expected = (at: string, by: string): string[] => {
    const path = "/a*b";
    return [
      `warning: ${at}rules[0].from[0].source.principals[3]: "*a*" matches only what has a * itself: ${PLAIN}${by}`,
      `warning: ${at}rules[0].from[0].source.principals[4]: "a*b" matches only what has a * itself: ${PLAIN}${by}`,
      `warning: ${at}rules[0].from[0].source.requestPrincipals[1]: "*/*" matches only what has a * itself: ${PLAIN}${by}`,
      `warning: ${at}rules[0].to[0].operation.paths[0]: "${path}" matches only what has a * itself: ${PLAIN}; for one segment of a path write {*}, for several {**}${by}`,
      `warning: ${at}rules[0].to[0].operation.notHosts[0]: "**" matches only what has a * itself: ${PLAIN}${by}`,
      `warning: ${at}rules[0].when[0].values[0]: "a*b" matches only what has a * itself: ${PLAIN}${by}`,
    ];
  };
  const native = {
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: { name: "a" },
    spec: policy,
  };
  const one = await found(JSON.stringify(native));
  assert.deepEqual(messages(one.lines), expected("spec.", ""));
  assert.equal(one.status, 0);
  const own = await found(plugin(rules(policy)));
  assert.deepEqual(messages(own.lines), expected("policies[0].", " [authz]"));
});

test("a gRPC name under methods", async () => {
  const { lines } = await found(
    plugin(rules({ rules: [{ to: [{ operation: { methods: ["GET", "/pkg.Echo/Say"] } }] }] })),
  );
  assert.deepEqual(messages(lines), [
    'warning: policies[0].rules[0].to[0].operation.methods[1]: "/pkg.Echo/Say" is no HTTP method, so it never matches: a gRPC call is a POST; write its name under paths, as "/package.Service/Method" [authz]',
  ]);
});

test("a method in small letters, as no client sends it", async () => {
  const { lines } = await found(
    plugin(rules({ rules: [{ to: [{ operation: { methods: ["GET", "M-SEARCH", "get"], notMethods: ["Pos*"] } }] }] })),
  );
  const never = "never matches: methods are compared letter by letter, and clients send capitals";
  assert.deepEqual(messages(lines), [
    `warning: policies[0].rules[0].to[0].operation.methods[2]: "get" ${never}; write "GET" [authz]`,
    `warning: policies[0].rules[0].to[0].operation.notMethods[0]: "Pos*" ${never}; write "POS*" [authz]`,
  ]);
});

test("a fault without percentage, in a VirtualService as in fault-injection", async () => {
  const http = [
    { fault: { delay: { fixedDelay: "5s" }, abort: { httpStatus: 503 } } },
    { fault: { delay: { fixedDelay: "5s", percent: 10 }, abort: { httpStatus: 503, percentage: { value: 0 } } } },
    { fault: { delay: { fixedDelay: "5s", percentage: {} }, abort: { httpStatus: 503, percentage: {} } } },
  ];
  const never = "never injected: without a percentage it is 0; write percentage: { value: 100 }";
  const native = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "a" } };
  const one = await found(JSON.stringify({ ...native, spec: { hosts: ["a"], http } }));
  assert.deepEqual(messages(one.lines), [
    `warning: spec.http[0].fault.delay: ${never}`,
    `warning: spec.http[0].fault.abort: ${never}`,
    `warning: spec.http[2].fault.delay: ${never}`,
    `warning: spec.http[2].fault.abort: ${never}`,
  ]);
  const own = await found(
    JSON.stringify({ virtualServices: [{ hosts: ["a"], http: [http[0]] }] }),
    "-f",
    "fault-injection",
  );
  assert.deepEqual(messages(own.lines), [
    `warning: virtualServices[0].http[0].fault.delay: ${never} [fault-injection]`,
    `warning: virtualServices[0].http[0].fault.abort: ${never} [fault-injection]`,
  ]);
});

test("percent of an abort is told to be percentage", async () => {
  const http = [{ fault: { abort: { percent: 5, httpStatus: 503 } } }];
  const native = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "a" } };
  const one = await found(JSON.stringify({ ...native, spec: { hosts: ["a"], http } }));
  assert.deepEqual(messages(one.lines), [
    'error: spec.http[0].fault.abort.percent: unknown field "percent"; write percentage: { value: 10 }',
  ]);
  const own = await found(JSON.stringify({ virtualServices: [{ hosts: ["a"], http }] }), "-f", "fault-injection");
  assert.match(
    own.lines.join("\n"),
    /abort\.percent: not supported: .*write percentage: \{value: 10\} for 10 % \[fault-injection\]$/,
  );
});

test("a plugin for SERVER at a gateway is nowhere", async () => {
  const SERVER = [{ mode: "SERVER" }];
  const label = (key: string, value: string): object => ({
    match: SERVER,
    selector: { matchLabels: { [key]: value } },
  });
  const target = (kind: string, name: string): object => ({ match: SERVER, targetRefs: [{ kind, name }] });
  const nowhere: readonly (readonly [object, string])[] = [
    [label("istio", "ingressgateway"), "its selector istio: ingressgateway is a gateway's"],
    [label("app", "istio-ingressgateway"), "its selector app: istio-ingressgateway is a gateway's"],
    [
      label("gateway.networking.k8s.io/gateway-name", "g"),
      "its selector gateway.networking.k8s.io/gateway-name: g is a gateway's",
    ],
    [label("istio", "egress"), "its selector istio: egress is a gateway's"],
    [
      label("app.kubernetes.io/name", "istio-edgegateway"),
      "its selector app.kubernetes.io/name: istio-edgegateway is a gateway's",
    ],
    [label("app", "my-gateway"), "unless it is an application with a sidecar, app: my-gateway is a gateway"],
    [target("Gateway", "g"), "unless it is a waypoint, Gateway g is a gateway"],
  ];
  for (const [spec, why] of nowhere) {
    const { status, lines } = await found(plugin(spec));
    assert.deepEqual(messages(lines), [
      `warning: spec.match[0].mode: the plugin runs nowhere, and every request passes: ${why}, whose listeners are CLIENT; write mode: CLIENT`,
    ]);
    assert.equal(status, 0);
  }
  const somewhere = [
    { ...label("istio", "ingressgateway"), match: [{ mode: "CLIENT" }] },
    { ...label("istio", "ingressgateway"), match: [...SERVER, { mode: "CLIENT_AND_SERVER" }] },
    { ...label("istio", "ingressgateway"), match: undefined },
    label("app", "httpbin"),
    target("Gateway", "waypoint"),
    target("Service", "httpbin"),
  ];
  for (const spec of somewhere) assert.deepEqual((await found(plugin(spec))).lines, [], JSON.stringify(spec));
});

test("claims before a token is verified", async () => {
  const asking = [
    { rules: [{ when: [{ key: "request.auth.claims[a]", values: ["b"] }] }] },
    { rules: [{ from: [{ source: { notRequestPrincipals: ["*"] } }] }] },
  ];
  const paths = ["policies[0].rules[0].when[0].key", "policies[0].rules[0].from[0].source.notRequestPrincipals"];
  for (const [place, policy] of asking.entries()) {
    const { lines } = await found(plugin({ ...rules(policy), phase: "AUTHN" }));
    assert.deepEqual(messages(lines), [
      `warning: spec.phase: in this phase no token is verified yet, so there are no claims for ${paths[place]}; write AUTHZ`,
    ]);
    assert.deepEqual((await found(plugin({ ...rules(policy), phase: "AUTHZ" }))).lines, []);
  }
});

test("the root namespace, a placeholder's registry, and no failStrategy", async () => {
  const root = { namespace: "istio-system" };
  assert.deepEqual(messages((await found(plugin({}, root))).lines), [
    "warning: metadata.namespace: the root namespace, without selector and targetRefs: the plugin runs in every proxy of the mesh",
  ]);
  assert.deepEqual((await found(plugin({ selector: { matchLabels: { app: "a" } } }, root))).lines, []);
  for (const url of ["oci://registry.example.com/authz:1", "example.org/authz", "https://example.net/authz.wasm"]) {
    assert.deepEqual(messages((await found(plugin({ url }))).lines), [
      "warning: spec.url: a placeholder: no image is there; write where yours is",
    ]);
  }
  assert.deepEqual((await found(plugin({ url: "oci://registry.internal/example.com/authz:1" }))).lines, []);
  const virtualServices = [{ hosts: ["a"], http: [{ route: [{ destination: { host: "a" } }] }] }];
  const routing = { url: "oci://registry.internal/header-routing:1", pluginConfig: { virtualServices } };
  assert.deepEqual(messages((await found(plugin(routing))).lines), [
    "warning: spec.failStrategy: not set, so FAIL_CLOSE: if the module cannot be loaded, every request is refused; write FAIL_OPEN",
  ]);
  assert.deepEqual((await found(plugin({ ...routing, failStrategy: "FAIL_CLOSE" }))).lines, []);
});

test("a whole resource in a pluginConfig is one mistake", async () => {
  const service = { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata: { name: "a" }, spec: {} };
  const inside = (pluginConfig: object): string => plugin({ pluginConfig });
  assert.deepEqual(messages((await found(inside(service))).lines), [
    "error: pluginConfig: a whole VirtualService: signalbox convert makes a plugin of it [authz]",
  ]);
  const policy = { ...service, kind: "AuthorizationPolicy" };
  assert.deepEqual(
    messages((await found(inside({ policies: [policy, { name: "b" }, { name: "c", action: "DENY" }] }))).lines),
    [
      "error: policies[0]: a whole AuthorizationPolicy: write its name, its namespace and the fields of its spec, without metadata and spec [authz]",
      "error: policies[2].rules: required for DENY: a DENY policy without rules denies nothing; write [{}] to deny every request [authz]",
    ],
  );
  assert.deepEqual(messages((await found(inside(JSON.parse(plugin({})) as object))).lines), [
    "error: pluginConfig: a whole WasmPlugin: only what stands under its pluginConfig belongs here [authz]",
  ]);
});

test("what YAML 1.1 makes of a word is told in a pluginConfig too", async () => {
  const text =
    "policies:\n  - name: a\n    rules: [{ when: [{ key: 'request.headers[x]', values: [y, 5, ~, 0x10, on] }] }]\n";
  const { lines } = await found(text, "--filter", "authz");
  assert.deepEqual(
    messages(lines).map((line) => line.replace(/^.*values(\[\d\]): /, "$1 ")),
    [
      '[0] expected a string, got true; YAML 1.1 reads y as true: write "y" [authz]',
      '[1] expected a string, got 5; write "5" [authz]',
      '[2] expected a string that is not empty, got null; YAML 1.1 reads ~ as null: write "~" [authz]',
      '[3] expected a string, got 16; YAML 1.1 reads 0x10 as 16: write "0x10" [authz]',
      '[4] expected a string, got true; YAML 1.1 reads on as true: write "on" [authz]',
    ],
  );
});

test("many rules that a request tries one by one", async () => {
  const many = <T>(make: (n: number) => T): T[] => Array.from({ length: 120 }, (_, n) => make(n));
  const tried = (path: string, filter: string): string =>
    `warning: ${path}: a request may have to try 120 rules or values one by one, which takes about 36 µs, and more with long values or CEL expressions: a regex finds its rules only if four bytes in a row are part of every match; negative conditions and expressions never do [${filter}]`;
  const expressions = {
    policies: [{ name: "a", rules: many((n) => ({ when: [{ expression: `request.path == '/${n}'` }] })) }],
  };
  const detection = { consecutive5xxErrors: 5 };
  const circuit = (n: number): object => ({
    name: `c${n}`,
    match: [{ headers: { "x-tenant": { regex: `[a-z]{${n + 1}}|[0-9]+` } } }],
    outlierDetection: detection,
  });
  const circuits = {
    destinationRules: [
      { name: "r", host: "reviews", trafficPolicy: { outlierDetection: detection }, circuits: many(circuit) },
    ],
  };
  const found = async (filter: string, config: object): Promise<string[]> => {
    const { out } = await signalbox(["validate", "-", "--filter", filter], JSON.stringify(config));
    return messages(out.trimEnd().split("\n").slice(0, -1));
  };
  assert.deepEqual(await found("authz", expressions), [tried("policies", "authz")]);
  assert.deepEqual(await found("circuit-breaking", circuits), [tried("destinationRules", "circuit-breaking")]);
  assert.deepEqual(await found("signalbox", { authz: expressions, circuitBreaking: circuits }), [
    tried("authz.policies", "signalbox"),
    tried("circuitBreaking.destinationRules", "signalbox"),
  ]);
  const few = { policies: [{ name: "a", rules: expressions.policies[0]!.rules.slice(0, 100) }] };
  assert.deepEqual(await found("authz", few), []);
});
