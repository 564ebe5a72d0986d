/** Each message of `signalbox validate`, where it points, and what the command ends with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { moduleFolder, moduleNames } from "../tools/project.ts";
import { signalbox } from "./test/run.ts";

/** Validates a text; gives what was found, a line each. */
async function found(text: string, ...args: string[]): Promise<{ status: number | null; lines: string[] }> {
  const { status, out, err } = await signalbox(["validate", "-", ...args], text);
  assert.equal(err, "");
  return { status, lines: out.trimEnd().split("\n") };
}

/** A WasmPlugin of authz with these lines under `spec`, the first of which is line 5. */
function plugin(...spec: string[]): string {
  const head = ["apiVersion: extensions.istio.io/v1alpha1", "kind: WasmPlugin", "metadata: { name: a }", "spec:"];
  return [...head, ...spec.map((line) => `  ${line}`)].join("\n");
}

const URL_OF_AUTHZ = "url: oci://registry.internal:5000/signalbox/authz:0.1.0";
const ALLOW_ALL = "pluginConfig: { policies: [] }";

for (const name of moduleNames()) {
  test(`the manifest of ${name} is valid`, async () => {
    const { status, out } = await signalbox(["validate", `${moduleFolder(name)}/wasmplugin.yaml`]);
    const lines = out.trimEnd().split("\n");
    assert.match(lines.pop() ?? "", /^\d configurations? and \d resources? checked: 0 errors, \d warnings?$/);
    // They are to be edited: the registry is no one's.
    for (const line of lines) assert.match(line, /: warning: spec\.url: a placeholder: /);
    assert.equal(status, 0);
  });
}

test("a message of the filter points to the value, an unknown field to its name, a missing one to what lacks it", async () => {
  const text = plugin(
    URL_OF_AUTHZ,
    "pluginConfig:",
    "  requireMTLS: true",
    "  policies:",
    "    - name: a",
    "      action: ALOW",
    "      rules:",
    '        - when: [{ key: "request.headers[x]", valuez: [b] }]',
    "    - action: DENY",
    "      provider: { name: x }",
  );
  const { status, lines } = await found(text);
  assert.deepEqual(
    lines,
    [
      '<stdin>:7:5: error: pluginConfig: unknown field "requireMTLS" (did you mean "requireMtls"?) [authz]',
      '<stdin>:10:17: error: policies[0].action: expected ALLOW, DENY or AUDIT (did you mean ALLOW?), got "ALOW" [authz]',
      '<stdin>:12:49: error: policies[0].rules[0].when[0]: unknown field "valuez" (did you mean "values"?) [authz]',
      '<stdin>:12:20: error: policies[0].rules[0].when[0]: expected values or notValues, got {"key":"request.headers[x]","valuez":["b"]} [authz]',
      "<stdin>:13:9: error: policies[1].name: required, and missing [authz]",
      "<stdin>:13:9: error: policies[1].rules: required for DENY: a DENY policy without rules denies nothing; write [{}] to deny every request [authz]",
      "<stdin>:14:9: error: policies[1].provider: not supported: only action CUSTOM uses it: keep the policy as an AuthorizationPolicy [authz]",
      "1 configuration and 1 resource checked: 7 errors, 0 warnings",
    ].sort(byPlace),
  );
  assert.equal(status, 1);
});

/** As the command sorts: by line, then by column. */
function byPlace(a: string, b: string): number {
  const place = (line: string): number[] => (/^<stdin>:(\d+):(\d+):/.exec(line) ?? []).slice(1).map(Number);
  const [line = Infinity, column = 0] = place(a);
  const [otherLine = Infinity, otherColumn = 0] = place(b);
  return line - otherLine || column - otherColumn || 0;
}

test("a quoted key of a map is found", async () => {
  const text = plugin(
    "url: file:///plugins/header-routing.wasm",
    "pluginConfig:",
    "  virtualServices:",
    "    - hosts: [reviews]",
    "      http:",
    "        - match: [{ headers: { end-user: { exacto: jason } } }]",
    "          route: [{ destination: { host: reviews } }]",
    "failStrategy: FAIL_OPEN",
  );
  assert.match(
    (await found(text)).lines[0] ?? "",
    /^<stdin>:10:46: error: virtualServices\[0\]\.http\[0\]\.match\[0\]\.headers\["end-user"\]: unknown field "exacto"/,
  );
});

test("no pluginConfig is what Istio makes of an empty one, and the filter says what to write", async () => {
  for (const spec of [[URL_OF_AUTHZ], [URL_OF_AUTHZ, "pluginConfig: {}"]]) {
    const { status, lines } = await found(plugin(...spec));
    assert.match(lines[0] ?? "", /error: pluginConfig: empty: write policies, for example/);
    assert.equal(status, 1);
  }
});

test("a warning is no error", async () => {
  const text = plugin(
    "url: oci://registry.internal/signalbox/header-routing@sha256:0",
    "pluginConfig:",
    "  virtualServices:",
    "    - hosts: [reviews]",
    "      http:",
    "        - route: [{ destination: { host: reviews, subset: v1 } }]",
    "        - route: [{ destination: { host: reviews, subset: v2 } }]",
    "failStrategy: FAIL_OPEN",
  );
  const { status, lines } = await found(text);
  assert.deepEqual(lines, [
    "<stdin>:11:13: warning: virtualServices[0].http[1]: never used: an earlier route matches every request [header-routing]",
    "1 configuration and 1 resource checked: 0 errors, 1 warning",
  ]);
  assert.equal(status, 0);
  assert.equal((await found(text, "--no-warnings")).lines.length, 1);
});

test("the resource's own fields are held to Istio's schema", async () => {
  const text = plugin(
    URL_OF_AUTHZ,
    ALLOW_ALL,
    "phaze: AUTHZ",
    "failStrategy: FAIL_SAFE",
    "sha256: 12",
    "match: [{ mode: CLIENT, ports: [{ number: 70000 }, {}] }]",
    "vmConfig: { env: [{ name: A, valueFrom: HOST, value: b }, { name: A }] }",
    'selector: { matchLabels: { app: "a*" } }',
    "targetRefs: [{ kind: Gateway, name: g }]",
  );
  const { status, lines } = await found(text);
  const vm = "value may only be set when valueFrom is INLINE";
  assert.deepEqual(lines, [
    "<stdin>:4:1: error: spec: only one of targetRefs or selector can be set",
    '<stdin>:7:3: error: spec.phaze: unknown field "phaze" (did you mean "phase"?)',
    '<stdin>:8:17: error: spec.failStrategy: expected FAIL_CLOSE, FAIL_OPEN or FAIL_RELOAD, got "FAIL_SAFE"',
    '<stdin>:9:11: error: spec.sha256: expected a string, got 12; write "12"',
    "<stdin>:10:45: error: spec.match[0].ports[0].number: expected 65535 or less, got 70000",
    "<stdin>:10:54: error: spec.match[0].ports[1].number: required, and missing",
    `<stdin>:11:21: error: spec.vmConfig.env[0]: ${vm}`,
    "<stdin>:11:61: error: spec.vmConfig.env[1]: another item before it has the same name",
    "<stdin>:12:35: error: spec.selector.matchLabels.app: wildcard not allowed in label value match",
    "1 configuration and 1 resource checked: 9 errors, 0 warnings",
  ]);
  assert.equal(status, 1);
});

test("a TrafficExtension has the plugin under wasm", async () => {
  const text = [
    "apiVersion: extensions.istio.io/v1alpha1",
    "kind: TrafficExtension",
    "metadata: { name: a }",
    "spec:",
    "  wasm: { url: gopher://x/authz, pluginConfig: { policys: [] } }",
  ].join("\n");
  assert.deepEqual((await found(text)).lines, [
    "<stdin>:5:16: error: spec.wasm.url: url must have schema one of [http, https, file, oci]",
    "<stdin>:5:34: error: policies: required, and missing [authz]",
    '<stdin>:5:50: error: pluginConfig: unknown field "policys" (did you mean "policies"?) [authz]',
    "1 configuration and 1 resource checked: 3 errors, 0 warnings",
  ]);
  const neither = text.replace(/ {2}wasm:.*/, "  phase: AUTHN");
  assert.deepEqual((await found(neither)).lines.slice(0, -1), [
    "<stdin>:4:1: error: spec: exactly one of wasm or lua must be set",
  ]);
});

test("which filter: the url, else pluginName, else --filter, else none", async () => {
  const own = (...spec: string[]): string => plugin(...spec, "pluginConfig: { nothing: 1 }");
  assert.match((await found(own("url: https://files.internal/x/authz.wasm?v=1"))).lines.join(), /\[authz\]/);
  assert.match(
    (await found(own("url: oci://registry.internal/mine", "pluginName: fault-injection"))).lines.join(),
    /\[fault-injection\]/,
  );
  assert.match((await found(own("url: oci://registry.internal/mine"), "--filter", "authz")).lines.join(), /\[authz\]/);
  const unknown = own("url: oci://registry.internal/autz:1");
  const message = 'pluginConfig: not checked: no filter named "autz" (did you mean "authz"?); name one with --filter';
  const alone = await found(unknown);
  assert.deepEqual(alone.lines, [
    `<stdin>:4:1: error: ${message}`,
    "0 configurations and 1 resource checked: 1 error, 0 warnings",
  ]);
  assert.equal(alone.status, 1);
  const withAnother = await found(
    [unknown, plugin(URL_OF_AUTHZ, ALLOW_ALL).replace("name: a", "name: b")].join("\n---\n"),
  );
  assert.deepEqual(withAnother.lines, [
    `<stdin>:4:1: warning: ${message}`,
    "1 configuration and 2 resources checked: 0 errors, 1 warning",
  ]);
  assert.equal(withAnother.status, 0);
  const within = await found(own("url: oci://registry.internal/signalbox-authz:1"));
  assert.match(within.lines[0] ?? "", /no filter named "signalbox-authz" \(did you mean "authz"\?\)/);
});

test("a pluginConfig alone needs --filter", async () => {
  const text = "policies: []\nexplain: 1\n";
  assert.deepEqual(
    (await found(text, "--filter", "authz")).lines[0],
    "<stdin>:2:10: error: explain: expected an object, got 1 [authz]",
  );
  const { status, lines } = await found(text);
  assert.match(
    lines[0] ?? "",
    /^<stdin>:1:1: error: no resource, as it has no kind; if it is a pluginConfig, say with --filter of which filter$/,
  );
  assert.equal(status, 1);
});

test("several documents, lists of resources, and other kinds", async () => {
  const bad = plugin(URL_OF_AUTHZ, "pluginConfig: { policies: 1 }");
  const items = bad
    .replace("name: a", "name: b")
    .split("\n")
    .map((line, number) => `${number === 0 ? "  - " : "    "}${line}`);
  const list = ["apiVersion: v1", "kind: List", "items:", ...items].join("\n");
  const other = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { a: b }\n";
  assert.deepEqual((await found([other, bad, "", list].join("\n---\n"))).lines, [
    "<stdin>:12:29: error: policies: expected a list, got 1 [authz]",
    "<stdin>:24:33: error: policies: expected a list, got 1 [authz]",
    "1 resource of other kinds passed over",
    "2 configurations and 2 resources checked: 2 errors, 0 warnings",
  ]);
});

test("YAML is read as kubectl reads it", async () => {
  const fault = "- fault: { abort: { percentage: { value: 100 }, httpStatus: 503, on: response } }";
  const text = plugin(
    "url: x/fault-injection",
    "pluginConfig:",
    "  virtualServices:",
    "    - hosts: [a]",
    "      http:",
    `        ${fault}`,
    "failStrategy: FAIL_OPEN",
  );
  const { lines } = await found(text);
  assert.match(
    lines[0] ?? "",
    /10:76: error: .*: unknown field "true"; kubectl reads on, yes and y as true: quote the name/,
  );
  assert.equal((await found(text.replace("on: response", '"on": response'))).status, 0);
  const merged = plugin(URL_OF_AUTHZ, "<<: &a { phase: AUTHZ }", ALLOW_ALL);
  assert.equal((await found(merged)).status, 0);
});

test("what is not YAML is told where it is", async () => {
  const { status, lines } = await found("a: 1\nb: [1\n");
  assert.match(lines[0] ?? "", /^<stdin>:3:1: error: not YAML: /);
  assert.equal(status, 1);
  assert.match(
    (await found("a: 1\na: 2\n")).lines[0] ?? "",
    /^<stdin>:2:1: error: not YAML: the same key twice in one object$/,
  );
});

test("an expression is held to what Envoy compiles and can evaluate, each mistake with its place in it", async () => {
  const policies = (...expressions: string[]): string =>
    plugin(
      URL_OF_AUTHZ,
      "pluginConfig:",
      "  policies:",
      "    - name: a",
      "      rules:",
      ...expressions.map((cel) => `        - when: [{ expression: "${cel}" }]`),
    );
  assert.equal((await found(policies("request.method == 'GET' // a comment"))).status, 0);
  const mistaken = await found(
    policies(
      "request.path.startWith('/a')",
      "reqest.path == '/a' && request.pth == '/a'",
      "request.method == 'GET'",
      "request.method ==",
    ),
  );
  const at = (line: number, rule: number): string =>
    `<stdin>:${line}:34: error: policies[0].rules[${rule}].when[0].expression: `;
  assert.equal(mistaken.status, 1);
  assert.deepEqual(mistaken.lines.slice(0, -1), [
    `${at(10, 0)}no function "startWith" (did you mean "startsWith"?) at character 14 [authz]`,
    `${at(11, 1)}no attribute "reqest" (did you mean "request"?) at character 1 [authz]`,
    `${at(11, 1)}no attribute "request.pth" (did you mean "request.path"?) at character 32 [authz]`,
    `${at(13, 3)}expected a value, got the end at character 18 [authz]`,
  ]);
});

test("an expression that says the same of every request is warned of", async () => {
  const expression = "request.headers['x-items'] == 100";
  const rules = `[{ when: [{ expression: "${expression}" }] }]`;
  const { status, lines } = await found(
    plugin(URL_OF_AUTHZ, `pluginConfig: { policies: [{ name: a, rules: ${rules} }] }`),
  );
  assert.equal(status, 0);
  assert.match(
    lines[0] ?? "",
    /^<stdin>:6:\d+: warning: policies\[0\]\.rules\[0\]\.when\[0\]\.expression: always false: a string never equals an int at character 28 \[authz\]$/,
  );
});

test("a resource that is too large is told", async () => {
  const principals = (count: number): string =>
    JSON.stringify(Array.from({ length: count }, (_, n) => `cluster.local/ns/team-${n}/sa/client`));
  const rules = (count: number): string =>
    `pluginConfig: { policies: [{ name: a, rules: [{ from: [{ source: { principals: ${principals(count)} } }] }] }] }`;
  const large = await found(plugin(URL_OF_AUTHZ, rules(10_000)));
  assert.match(
    large.lines[0] ?? "",
    /4:1: warning: spec: \d+ bytes as JSON: too much for kubectl apply without --server-side/,
  );
  assert.equal(large.status, 0);
  const larger = await found(plugin(URL_OF_AUTHZ, rules(50_000)));
  assert.match(larger.lines[0] ?? "", /4:1: error: spec: \d+ bytes as JSON, of which etcd takes 1572864/);
  assert.equal(larger.status, 1);
});

test("a variable of vmConfig.env is known to the filter, be its value here or in the proxy, and another one is not", async () => {
  const spec = (...env: string[]): string =>
    plugin(
      "url: oci://registry.internal/trace-propagation:0.1.0",
      "failStrategy: FAIL_OPEN",
      `vmConfig: { env: [${env.join()}] }`,
      "pluginConfig:",
      "  participate: true",
      "  reporting: { zipkin: { service: zipkin.tracing, headers: [{ name: authorization, envName: TOKEN }] } }",
    );
  const counts = "1 configuration and 1 resource checked: 0 errors, 0 warnings";
  assert.deepEqual((await found(spec("{ name: TOKEN, value: a }"))).lines, [counts]);
  assert.deepEqual((await found(spec("{ name: TOKEN, valueFrom: HOST }"))).lines, [counts]);
  const { lines, status } = await found(spec("{ name: OTHER, value: a }"));
  assert.match(lines[0] ?? "", /envName: the plugin's environment has no such variable: /);
  assert.equal(status, 1);
});

test("--output json is for programs", async () => {
  const { status, out } = await signalbox(
    ["validate", "-", "--output", "json"],
    plugin(URL_OF_AUTHZ, "pluginConfig: { policies: 1 }"),
  );
  const finding = {
    severity: "error",
    file: "<stdin>",
    line: 6,
    column: 29,
    path: "policies",
    message: "expected a list, got 1",
    filter: "authz",
    code: "SBX202",
    url: "docs/errors/SBX202.md",
  };
  assert.deepEqual(JSON.parse(out), {
    findings: [finding],
    plugins: 1,
    resources: 1,
    otherResources: 0,
    otherDocuments: 0,
    unread: [],
  });
  assert.equal(status, 1);
});
