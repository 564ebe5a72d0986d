/** Which kinds `signalbox validate` checks, and what it says of those that it does not. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { PATTERNS } from "./schema/problem.ts";
import { problemsOf, publishedKinds } from "./schema/resource-schema.ts";
import { signalbox } from "./test/run.ts";

/** Validates resources, one a line; gives what was found, a line each, without the counts. */
async function found(...documents: string[]) {
  const { status, out } = await signalbox(["validate", "-"], documents.join("\n---\n"));
  return { status, lines: out.trimEnd().split("\n").slice(0, -1) };
}

const resource = (apiVersion: string, kind: string, rest = "metadata: { name: a }, spec: {}"): string =>
  `{ apiVersion: ${apiVersion}, kind: ${kind}, ${rest} }`;

test("every kind of Istio's four groups is checked, in each version", () => {
  const kinds = new Set(publishedKinds().map((id) => id.slice(id.lastIndexOf("/") + 1)));
  // https://istio.io/latest/docs/reference/config/: traffic management, security, telemetry, extensibility.
  const documented =
    "AuthorizationPolicy DestinationRule EnvoyFilter Gateway PeerAuthentication ProxyConfig RequestAuthentication " +
    "ServiceEntry Sidecar Telemetry TrafficExtension VirtualService WasmPlugin WorkloadEntry WorkloadGroup";
  assert.deepEqual([...kinds].sort(), documented.split(" "));
  for (const id of publishedKinds()) {
    const [apiVersion, kind] = [id.slice(0, id.lastIndexOf("/")), id.slice(id.lastIndexOf("/") + 1)];
    const problems = problemsOf(apiVersion, kind, { spec: { notAField: 1 } });
    assert.ok(
      problems.some(({ message }) => message.startsWith('unknown field "notAField"')),
      id,
    );
  }
});

test("each pattern of the schema has words", () => {
  const patterns = new Set<string>();
  JSON.parse(readFileSync(join(PROJECT, "cli/schema/istio.json"), "utf8"), (key, value: unknown) => {
    if (key === "pattern" && typeof value === "string") patterns.add(value);
    return value;
  });
  assert.deepEqual([...patterns].sort(), Object.keys(PATTERNS).sort());
});

test("a misspelt field of a DestinationRule is found", async () => {
  const { status, lines } = await found(
    resource("networking.istio.io/v1", "DestinationRule", "metadata: { name: a }, spec: { hots: reviews }"),
  );
  assert.deepEqual(lines, [
    "<stdin>:1:85: error: spec.host: required, and missing",
    '<stdin>:1:93: error: spec.hots: unknown field "hots" (did you mean "host"?)',
  ]);
  assert.equal(status, 1);
});

test("wrong versions, groups and kinds of Istio are mistakes; other kinds are passed over", async () => {
  const { status, lines } = await found(
    resource("networking.istio.io/v2", "VirtualService"),
    resource("security.istio.io/v1alpha1", "AuthorizationPolicy"),
    resource("v1", "WasmPlugin"),
    resource("networking.istio.io/v1", "WasmPlugin"),
    resource("extensions.istio.io/v1alpha1", "WasmPlugn"),
    resource("extension.istio.io/v1alpha1", "WasmPlugin"),
    resource("networking.istio.io/v1", "Quux"),
    resource("rbac.istio.io/v1alpha1", "ServiceRole"),
    resource("install.istio.io/v1alpha1", "IstioOperator"),
    resource("gateway.networking.k8s.io/v1", "Gateway"),
    resource("extensions.higress.io/v1alpha1", "WasmPlugin"),
    resource("v1", "Service"),
  );
  assert.deepEqual(lines, [
    "<stdin>:1:15: error: apiVersion: no VirtualService in networking.istio.io/v2: write networking.istio.io/v1 (or v1beta1, v1alpha3)",
    "<stdin>:3:15: error: apiVersion: no AuthorizationPolicy in security.istio.io/v1alpha1: write security.istio.io/v1 (or v1beta1)",
    "<stdin>:5:15: error: apiVersion: no WasmPlugin in v1: write extensions.istio.io/v1alpha1",
    "<stdin>:7:15: error: apiVersion: no WasmPlugin in networking.istio.io/v1: write extensions.istio.io/v1alpha1",
    '<stdin>:9:51: error: kind: no kind "WasmPlugn" in extensions.istio.io (did you mean "WasmPlugin"?)',
    '<stdin>:11:15: error: apiVersion: no group "extension.istio.io" (did you mean "extensions.istio.io"?)',
    '<stdin>:13:45: error: kind: no kind "Quux" in networking.istio.io',
    "<stdin>:15:15: warning: apiVersion: not checked: rbac.istio.io is no group of today's Istio",
    "4 resources of other kinds passed over",
  ]);
  assert.equal(status, 1);
});

test("a list of one kind is read as a List is", async () => {
  const policy = (name: string, action: string): string =>
    `{ metadata: { name: ${name} }, spec: { action: ${action} } }`;
  const list = resource(
    "security.istio.io/v1",
    "AuthorizationPolicyList",
    `items: [${policy("a", "ALOW")}, ${policy("b", "DENY")}, { kind: PeerAuthentication, metadata: { name: a }, spec: { x: 1 } }, 5]`,
  );
  const { lines } = await found(list);
  assert.deepEqual(
    lines.map((line) => line.replace(/^<stdin>:1:\d+: /, "")),
    [
      'error: spec.action: expected ALLOW, DENY, AUDIT or CUSTOM (did you mean "ALLOW"?), got "ALOW"',
      'error: spec.x: unknown field "x"',
      "error: items[3]: expected a resource",
    ],
  );
});

test("what makes no resource is named", async () => {
  const { lines } = await found(
    "{ kind: VirtualService }",
    "{ apiVersion: 1, kind: [] }",
    "{ apiVersion: v1, kind: List, items: [{ apiVersion: v1 }] }",
    resource("networking.istio.io/v1", "VirtualService", "metadata: { name: a }, spec: []"),
    resource("extensions.istio.io/v1alpha1", "WasmPlugin", "metadata: { name: a }"),
  );
  assert.deepEqual(lines, [
    "<stdin>:1:1: error: apiVersion: required, and missing",
    "<stdin>:3:15: error: apiVersion: expected a string, got 1",
    "<stdin>:3:18: error: kind: expected a string, got []",
    "<stdin>:5:39: error: items[0].kind: required, and missing",
    "<stdin>:7:84: error: spec: expected an object, got []",
    "<stdin>:9:1: error: spec: required, and missing",
    "<stdin>:9:1: warning: pluginConfig: not checked: no url that names a filter; name one with --filter",
  ]);
});

test("the types in metadata are told, and what YAML made of a word", async () => {
  const { lines } = await found(
    resource("networking.istio.io/v1", "Sidecar", "metadata: { name: 5, namespace: y }"),
    resource("networking.istio.io/v1", "Sidecar", "metadata: { name: A_b, labels: { a: on }, annotations: [] }"),
    resource("networking.istio.io/v1", "Sidecar", "metadata: [a]"),
    resource("networking.istio.io/v1", "Sidecar", 'metadata: { name: "{{ .Values.name }}" }'),
    resource("networking.istio.io/v1", "Sidecar", "metadata: { generateName: a- }, sepc: {}"),
  );
  assert.deepEqual(
    lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")),
    [
      'metadata.name: expected a string, got 5; write "5"',
      'metadata.namespace: expected a string, got true; YAML 1.1 reads y as true: write "y"',
      'metadata.name: expected small letters, digits, - and ., 253 at most, got "A_b"',
      'metadata.labels.a: expected a string, got true; YAML 1.1 reads on as true: write "on"',
      "metadata.annotations: expected an object, got []",
      'metadata: expected an object, got ["a"]',
      "metadata.name: a Helm template, which has to be rendered first: helm template . | signalbox validate -",
      'sepc: unknown field "sepc" (did you mean "spec"?)',
    ],
  );
});

test("a namespace and labels that Kubernetes refuses are errors", async () => {
  const kind = ["networking.istio.io/v1", "Sidecar"] as const;
  const long = "a".repeat(64);
  const { lines } = await found(
    resource(...kind, "metadata: { name: a, namespace: A b }"),
    resource(...kind, `metadata: { name: a, namespace: ${long} }`),
    resource(...kind, 'metadata: { name: a, namespace: "{{ .Values.namespace }}" }'),
    resource(...kind, `metadata: { name: b, labels: { app: a b, x/y/z: a, good.io/A_b: "", c: ${long} } }`),
    resource(...kind, 'metadata: { name: c, annotations: { "a b": any text at all, good.io/a: "a b" } }'),
  );
  const namespace = "metadata.namespace: expected small letters, digits and -, 63 at most, got ";
  const word = "letters, digits, -, _ and ., 63 at most";
  assert.deepEqual(
    lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")),
    [
      `${namespace}"A b"`,
      `${namespace}"${long}"`,
      "metadata.namespace: a Helm template, which has to be rendered first: helm template . | signalbox validate -",
      `metadata.labels.app: expected ${word}, got "a b"`,
      `metadata.labels["x/y/z"]: expected the name to be ${word}, perhaps after a DNS name and /`,
      `metadata.labels.c: expected ${word}, got "${long}"`,
      `metadata.annotations["a b"]: expected the name to be ${word}, perhaps after a DNS name and /`,
    ],
  );
});

test("limits are told in plain words", async () => {
  const rules = `[${Array<string>(513).fill("{}").join(", ")}]`;
  const { lines } = await found(
    resource("security.istio.io/v1", "AuthorizationPolicy", `metadata: { name: a }, spec: { rules: ${rules} }`),
    resource(
      "extensions.istio.io/v1alpha1",
      "WasmPlugin",
      `metadata: { name: a }, spec: { url: oci://registry.internal/authz, vmConfig: { env: [{ name: "" }] }, pluginConfig: { policies: [] }, sha256: AB, pluginName: ${"a".repeat(257)}, targetRefs: [{ kind: 1a, name: a, group: A }] }`,
    ),
    resource(
      "networking.istio.io/v1",
      "DestinationRule",
      "metadata: { name: a }, spec: { host: a, trafficPolicy: { outlierDetection: { maxEjectionPercent: many, consecutive5xxErrors: -1 } } }",
    ),
  );
  assert.deepEqual(
    lines.map((line) => line.replace(/^<stdin>:\d+:\d+: error: /, "")),
    [
      "spec.rules: expected 512 items at most, got 513",
      "spec.vmConfig.env[0].name: expected a string that is not empty",
      'spec.sha256: expected 64 hexadecimal digits, with small letters, got "AB"',
      "spec.pluginName: expected 256 characters at most, got 257",
      'spec.targetRefs[0].kind: expected letters, digits and -, a letter first, got "1a"',
      'spec.targetRefs[0].group: expected a DNS name with small letters, got "A"',
      'spec.trafficPolicy.outlierDetection.maxEjectionPercent: expected a whole number, got "many"',
      "spec.trafficPolicy.outlierDetection.consecutive5xxErrors: expected 0 or more, got -1",
    ],
  );
});

test("two resources of one kind, name and namespace are a mistake", async () => {
  const named = (apiVersion: string, kind: string, metadata: string): string =>
    resource(apiVersion, kind, `metadata: { ${metadata} }, spec: {}`);
  const { status, lines } = await found(
    named("security.istio.io/v1", "AuthorizationPolicy", "name: a, namespace: x"),
    named("security.istio.io/v1", "AuthorizationPolicy", "name: a, namespace: z"),
    named("security.istio.io/v1", "PeerAuthentication", "name: a, namespace: x"),
    named("security.istio.io/v1beta1", "AuthorizationPolicy", "name: a, namespace: x"),
  );
  assert.deepEqual(lines, [
    "<stdin>:7:87: error: metadata.name: another AuthorizationPolicy of this name and namespace is at <stdin>:1:82; only the last one applied stays",
  ]);
  assert.equal(status, 1);
});
