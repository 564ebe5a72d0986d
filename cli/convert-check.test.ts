/** That nothing is written which its own filter, or Istio, would refuse; and that the mistake is reported where it stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checked } from "./convert/check-made.ts";
import type { Made } from "./convert/outcome.ts";
import { readDocuments } from "./input/documents.ts";
import { STANDARD_INPUT } from "./input/files.ts";
import { resourcesOf } from "./input/resource.ts";
import { streams } from "./output/streams.ts";

const TEXT = `apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata:
  name: a
spec:
  rules:
    - {}
`;

function given() {
  const { input } = streams;
  streams.input = () => TEXT;
  const [resource] = readDocuments(STANDARD_INPUT, []).flatMap(resourcesOf);
  streams.input = input;
  return resource!;
}

function plugin(policies: object[], spec: object = {}): Made {
  const resource = given();
  const at = (place: number) => ["spec", "pluginConfig", "policies", place];
  return {
    steps: [],
    comment: [],
    plugin: { filter: "authz", longName: "authz", madeOf: [] },
    resource: {
      apiVersion: "extensions.istio.io/v1alpha1",
      kind: "WasmPlugin",
      metadata: { name: "authz", namespace: "default" },
      spec: { url: "oci://example.com/authz", ...spec, pluginConfig: { policies } },
    },
    origins: [
      { path: [], resource, at: [] },
      ...policies.flatMap((_, place) => [
        { path: at(place), resource, at: ["spec"] },
        { path: [...at(place), "name"], resource, at: ["metadata", "name"] },
      ]),
    ],
  };
}

const POLICY = { name: "a", namespace: "default", rules: [{}] };

function findings(...made: Made[]) {
  const result = checked({ made, findings: [] });
  return [result.made.length, ...result.findings.map(({ line, column, message }) => `${line}:${column} ${message}`)];
}

test("what the filter refuses of the whole is reported where the part that it names comes from", () => {
  assert.deepEqual(findings(plugin([POLICY])), [1]);
  const refuses = "not converted: authz refuses the plugin made of it";
  const twice = `5:1 ${refuses}: policies[1]: another policy has this name and namespace`;
  assert.deepEqual(findings(plugin([POLICY, POLICY])), [0, twice]);
  // Nothing is left of what belongs together.
  assert.deepEqual(findings(plugin([POLICY]), plugin([POLICY, POLICY])), [0, twice]);
  const [, name] = findings(plugin([{ ...POLICY, name: "A" }]));
  assert.ok(String(name).startsWith(`4:9 ${refuses}: policies[0].name: expected a name`), String(name));
  const [, rules] = findings(plugin([{ ...POLICY, rules: [{ form: [] }] }]));
  assert.ok(String(rules).startsWith(`7:7 ${refuses}: policies[0].rules[0]: unknown field "form"`), String(rules));
});

test("what Istio's schema refuses is reported too", () => {
  assert.deepEqual(findings(plugin([POLICY], { phase: "AUTZ" })), [
    0,
    '5:1 the WasmPlugin authz that is made of it is not valid: spec.phase: expected UNSPECIFIED_PHASE, AUTHN, AUTHZ or STATS (did you mean "AUTHZ"?), got "AUTZ"',
  ]);
});
