/** What is completed where: the schemas are those that `signalbox schema` prints, the expected names Istio's fields. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { wasmPluginSchema } from "../../cli/schema/config/printed.ts";
import { offersAt, type Schema } from "../page/offers.ts";

const AUTHZ = wasmPluginSchema("authz");
const HEAD = "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nspec:\n";

/** What is offered where `|` stands. */
function offered(text: string, schema: Schema = AUTHZ): string[] {
  const cursor = text.indexOf("|");
  return offersAt(text.replace("|", ""), cursor, () => schema).offers.map((offer) => offer.text);
}

const FIELDS: readonly (readonly [what: string, text: string, some: readonly string[], none: readonly string[]])[] = [
  ["of the plugin itself", `${HEAD}  |`, ["phase", "match", "pluginConfig", "failStrategy"], ["policies"]],
  ["of pluginConfig", `${HEAD}  pluginConfig:\n    |`, ["policies", "trustDomain"], ["phase"]],
  ["half written", `${HEAD}  pluginConfig:\n    poli|\n`, ["policies"], ["phase"]],
  ["in a list", `${HEAD}  pluginConfig:\n    policies:\n      - na|`, ["name", "rules", "action"], ["policies"]],
  ["beside others", `${HEAD}  pluginConfig:\n    policies:\n      - name: a\n        |`, ["rules"], ["name"]],
  ["before others", `${HEAD}  pluginConfig:\n    |\n    policies: []\n`, ["trustDomain"], ["policies"]],
  [
    "within braces",
    `${HEAD}  pluginConfig:\n    policies: [{ name: a, rules: [{ to: [{ operation: { me| } }] }] }]\n`,
    ["methods", "notMethods", "paths"],
    ["operation"],
  ],
  ["in the second document", `kind: Service\n---\n${HEAD}  pluginConfig:\n    |`, ["policies"], []],
];
for (const [what, text, some, none] of FIELDS) {
  test(`fields ${what}`, () => {
    const names = offered(text);
    for (const name of some) assert.ok(names.includes(name), `${name} of ${names.join()}`);
    for (const name of none) assert.ok(!names.includes(name), name);
  });
}

test("values of an enum, and of a boolean", () => {
  assert.deepEqual(offered(`${HEAD}  pluginConfig:\n    policies:\n      - action: |`), ["ALLOW", "DENY", "AUDIT"]);
  assert.deepEqual(offered(`${HEAD}  pluginConfig:\n    policies: [{ name: a, dryRun: t| }]`), ["true", "false"]);
  assert.ok(offered(`${HEAD}  phase: A|\n`).includes("AUTHZ"));
});

test("nothing in a comment, in a free text, and where the YAML is broken", () => {
  assert.deepEqual(offered(`${HEAD}  # |`), []);
  assert.deepEqual(offered(`${HEAD}  pluginConfig:\n    policies:\n      - name: a|\n`), []);
  assert.deepEqual(offered(`${HEAD}  pluginConfig: { a: [ } |`), []);
});

test("what stands before the cursor in the same word is replaced", () => {
  const text = `${HEAD}  pluginConfig:\n    poli`;
  assert.equal(offersAt(text, text.length, () => AUTHZ).from, text.length - "poli".length);
});

test("no text and no place makes it throw", () => {
  const text = `${HEAD}  pluginConfig:\n    policies: [{ name: a, rules: [{ to: [{ operation: {} }] }] }]\n--- \n- &a [*a]\n`;
  for (let cursor = 0; cursor <= text.length; cursor++) offersAt(text, cursor, () => AUTHZ);
});
