/** What the worker answers, without a browser: expected is what the examples of the filters' READMEs say of themselves. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { PROJECT } from "../../tools/project.ts";
import { examples } from "../../tools/playground/examples.ts";
import { answer } from "../worker/ask.ts";

const PLUGIN = `apiVersion: extensions.istio.io/v1alpha1
kind: WasmPlugin
metadata: { name: authz, namespace: default }
spec:
  url: oci://localhost/authz:1
  phase: AUTHZ
  failStrategy: FAIL_CLOSE
  pluginConfig: { policies: [{ name: a, rules: [{ to: [{ operation: { methods: [GET] } }] }] }] }
`;

/** What a page cannot give: a filter state of another filter, and a service account of the workload's own. */
const ELSEWHERE = ["direct-remote-ip", "outbound"];

for (const example of examples()) {
  test(`${example.filter}/${example.name} is answered, or refused if it is there for its mistakes`, () => {
    const { id, findings, decisions, failure } = answer({ id: 7, ...example });
    assert.equal(id, 7);
    assert.equal(failure, undefined);
    const errors = findings.filter(({ severity }) => severity === "error");
    assert.equal(errors.length > 0, example.name === "refused");
    assert.equal(decisions.length, example.name === "refused" ? 0 : 1);
    assert.equal(decisions[0]?.filter, example.name === "refused" ? undefined : example.filter);
  });
}

test("the verdicts of the examples of authz are those that the examples say", () => {
  const said = examples().filter(({ filter, name }) => filter === "authz" && !ELSEWHERE.includes(name));
  const checked = said.flatMap((example) => {
    if (example.name === "wasmplugin" || example.name === "refused") return [];
    const text = readFileSync(join(PROJECT, `filters/authz/examples/${example.name}.yaml`), "utf8");
    const [first] = parse(text.split(/^---\n/m)[1] ?? "") as { verdict: string }[];
    const [decision] = answer({ id: 1, ...example }).decisions;
    // A question of explain is answered whatever the verdict is.
    const verdict = decision?.outcome === "forwarded" ? "allowed" : "denied";
    if (example.name !== "explain") assert.equal(verdict, first?.verdict, example.name);
    return [example.name];
  });
  assert.ok(checked.length > 15, String(checked.length));
});

test("a pluginConfig alone is for the filter that is chosen", () => {
  const config = "policies: [{ name: a, rules: [{ to: [{ operation: { methods: [GET] } }] }] }]\n";
  const asked = (filter: string, request: string): unknown => {
    const { findings, decisions } = answer({ id: 1, filter, config, request });
    return findings.map(({ message }) => message).join() || decisions[0]?.outcome;
  };
  assert.equal(asked("authz", "{}"), "forwarded");
  assert.equal(asked("authz", "{method: POST}"), "answered");
  assert.match(String(asked("header-routing", "{}")), /unknown field "policies"/);
});

test("a WasmPlugin names its filter, whatever is chosen; its listeners and its workload count", () => {
  const { decisions } = answer({ id: 1, filter: "header-routing", config: PLUGIN, request: "{method: POST}" });
  assert.deepEqual(
    decisions.map(({ filter, outcome, answer: given }) => [filter, outcome, given?.status]),
    [["authz", "answered", 403]],
  );
});

test("a mistake is found at its line and column", () => {
  const config = PLUGIN.replace("methods:", "method:");
  const { findings, decisions } = answer({ id: 1, filter: "authz", config, request: "{}" });
  const [error] = findings.filter(({ severity }) => severity === "error");
  assert.equal(error?.line, 8);
  assert.equal(error?.column, config.split("\n")[7]!.indexOf("method:") + 1);
  assert.match(error?.message ?? "", /unknown field "method" \(did you mean "methods"\?\)/);
  assert.deepEqual(decisions, []);
});

const UNREADABLE: readonly (readonly [what: string, config: string, request: string, failure: RegExp])[] = [
  ["a request that is no object", PLUGIN, "[]", /^the request: expected an object/],
  ["a request that is no YAML", PLUGIN, "{", /^the request: not YAML/],
  ["an unknown field of a request", PLUGIN, "{pth: /}", /^the request: unknown field "pth" \(did you mean "path"\?\)/],
  [
    "a resource of another kind",
    "apiVersion: v1\nkind: Pod\n",
    "{}",
    /^nothing to check: no resource of Istio is here$/,
  ],
];
for (const [what, config, request, failure] of UNREADABLE) {
  test(`${what} is said in a line`, () => {
    const given = answer({ id: 1, filter: "authz", config, request });
    const said = given.failure ?? given.findings.map(({ message }) => message).join("\n");
    assert.match(said, failure);
    assert.deepEqual(given.decisions, []);
  });
}

test("whatever is written is answered, and does not throw", () => {
  for (const config of ["", "\0", "a: &a [*a]", "{".repeat(10_000), "- ".repeat(5000), "\ud800", "kind: WasmPlugin"]) {
    const { decisions, findings, failure } = answer({ id: 1, filter: "authz", config, request: "{}" });
    assert.deepEqual(decisions, []);
    assert.ok(findings.length > 0 || failure !== undefined, JSON.stringify(config.slice(0, 20)));
    assert.doesNotMatch(failure ?? "", /the playground failed/);
  }
});
