/** What is said of a file that holds no pluginConfig, and where the filter's messages are put in one that does. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { located, readEdited } from "./edited.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-edited-"));
after(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "edited.yaml");

/** What `readEdited` makes of a text; problems without the file's name. */
function read(text: string): string | readonly string[] {
  writeFileSync(file, text);
  const result = readEdited(file);
  return "json" in result ? result.json : result.problems.map((line) => line.replace(file, "FILE"));
}

test("a pluginConfig is read as kubectl reads YAML", () => {
  assert.equal(read("a: {b: [1, yes]}\n"), '{"a":{"b":[1,true]}}');
  assert.equal(read("{}"), "{}");
});

const PROBLEMS: readonly (readonly [what: string, text: string, says: RegExp])[] = [
  ["an empty file", "", /^FILE: the file is empty/],
  ["a comment alone", "# nothing\n", /^FILE: the file is empty/],
  ["no YAML", "a: [1\n", /^FILE:\d+:\d+: /],
  ["a list", "- a\n", /^FILE:1: expected an object/],
  ["two documents", "a: 1\n---\nb: 2\n", /^FILE:3: a second document begins here/],
  [
    "a WasmPlugin",
    "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\n",
    /paste only what is in its spec\.pluginConfig$/,
  ],
  [
    "two documents, a WasmPlugin first",
    "apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\n---\na: 1\n",
    /a WasmPlugin, and this file is a pluginConfig alone/,
  ],
  [
    "a VirtualService",
    "apiVersion: networking.istio.io/v1\nkind: VirtualService\n",
    /signalbox convert makes a plugin of it/,
  ],
  [
    "another kind",
    "apiVersion: v1\nkind: Service\n",
    /^FILE: this is a Service, and this file is a pluginConfig alone$/,
  ],
];

for (const [what, text, says] of PROBLEMS) {
  test(`${what}: one line that says what to do`, () => {
    const problems = read(text);
    assert.equal(problems.length, 1, String(problems));
    assert.match(problems[0] ?? "", says);
  });
}

test("a file that is not there is one line", () => {
  const result = readEdited(join(folder, "nowhere.yaml"));
  assert.ok("problems" in result);
  assert.equal(result.problems.length, 1);
});

test("a message is put where its path leads; a misspelt field at its name", () => {
  writeFileSync(file, "policies:\n  - name: a\n    rules:\n      - form: []\n");
  const result = readEdited(file);
  assert.ok("source" in result);
  const at = (said: string) => located(result.source, said).replace(file, "FILE");
  assert.equal(at("authz: policies[0].name: wrong"), "FILE:2:11: policies[0].name: wrong");
  assert.equal(
    at('authz: policies[0].rules[0]: unknown field "form"'),
    'FILE:4:9: policies[0].rules[0]: unknown field "form"',
  );
  assert.equal(at("authz: pluginConfig: wrong"), "FILE:1:1: pluginConfig: wrong");
  assert.equal(at("Unable to load"), "Unable to load");
});
