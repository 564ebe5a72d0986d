/** Each rule of CONTRIBUTING.md ("Add a filter") on a folder that breaks it alone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { missing } from "./rules.ts";

const PLUGIN = [
  "kind: WasmPlugin",
  "spec:",
  "  selector: { matchLabels: { app: httpbin } }",
  "  match: [{ mode: SERVER }]",
  "  priority: 10",
  "  # Requests go on without the filter.",
  "  failStrategy: FAIL_OPEN",
];

/** With a heading in a comment of an example, which is none of the page's. */
const README = [
  "# a filter",
  "```yaml",
  "## an example",
  "```",
  "## Installing it",
  ...["## Recipes", "### one", "### two", "### three"],
  ...["## Reference", "### Fields", "## Internals"],
].join("\n");

function folder(plugin: readonly string[], without: readonly string[] = []): Map<string, string> {
  const files = new Map([
    ["wasmplugin.yaml", plugin.join("\n")],
    ["README.md", README],
    ["examples/one.yaml", ""],
    ["test/module/examples.test.ts", ""],
  ]);
  for (const name of without) files.delete(name);
  return files;
}

const withoutLine = (start: string) => PLUGIN.filter((line) => !line.startsWith(`  ${start}`));

test("a folder that has everything", () => {
  assert.deepEqual(missing(folder(PLUGIN)), []);
});

test("targetRefs stands for a selector", () => {
  const plugin = PLUGIN.map((line) =>
    line.includes("selector") ? "  targetRefs: [{ kind: Gateway, name: g }]" : line,
  );
  assert.deepEqual(missing(folder(plugin)), []);
});

const LACKING: readonly (readonly [what: string, files: Map<string, string>, says: RegExp])[] = [
  ["no selector", folder(withoutLine("selector")), /^wasmplugin\.yaml: spec\.selector or spec\.targetRefs is missing/],
  ["no match", folder(withoutLine("match")), /^wasmplugin\.yaml: spec\.match is missing/],
  ["no priority", folder(withoutLine("priority")), /^wasmplugin\.yaml: spec\.priority is missing/],
  ["no failStrategy", folder(withoutLine("failStrategy")), /^wasmplugin\.yaml: spec\.failStrategy is missing/],
  ["no reason for it", folder(withoutLine("#")), /^wasmplugin\.yaml: failStrategy needs a comment/],
  ["no WasmPlugin in the file", folder(["kind: Service"]), /^wasmplugin\.yaml: it has no WasmPlugin/],
  ["no wasmplugin.yaml", folder(PLUGIN, ["wasmplugin.yaml"]), /^wasmplugin\.yaml: missing/],
  ["no README", folder(PLUGIN, ["README.md"]), /^README\.md: missing/],
  [
    "a README without layers",
    folder(PLUGIN).set("README.md", "# a filter"),
    /^README\.md: its headings of level 2 must be Installing it, Recipes, Reference, Internals, got none$/,
  ],
  [
    "layers in another order",
    folder(PLUGIN).set(
      "README.md",
      README.replace("## Internals", "").replace("## Recipes", "## Internals\n## Recipes"),
    ),
    /^README\.md: its headings of level 2 must be .* got Installing it, Internals, Recipes, Reference$/,
  ],
  [
    "two recipes",
    folder(PLUGIN).set("README.md", README.replace("### three", "")),
    /^README\.md: it needs 3 recipes, and has 2$/,
  ],
  ["no example", folder(PLUGIN, ["examples/one.yaml"]), /^examples\/: no example/],
  [
    "no test of the examples",
    folder(PLUGIN, ["test/module/examples.test.ts"]),
    /^test\/module\/examples\.test\.ts: missing/,
  ],
];

const GUARDING = [
  ...PLUGIN.map((line) => line.replace("FAIL_OPEN", "FAIL_CLOSE")),
  "  phase: AUTHZ",
  "  pluginConfig: { authz: { policies: [] } }",
];

test("a plugin with the section authz guards", () => {
  assert.deepEqual(missing(folder(GUARDING)), []);
  const changed = (from: string, to: string): string[] =>
    missing(folder(GUARDING.map((line) => line.replace(from, to))));
  assert.match(
    changed("FAIL_CLOSE", "FAIL_OPEN").join("\n"),
    /^wasmplugin\.yaml: it has a section authz: spec\.failStrategy [^\n]+$/,
  );
  assert.match(
    changed("phase: AUTHZ", "phase: STATS").join("\n"),
    /^wasmplugin\.yaml: it has a section authz: spec\.phase [^\n]+$/,
  );
});

for (const [what, files, says] of LACKING) {
  test(what, () => {
    const lines = missing(files);
    assert.equal(lines.length, 1, lines.join("\n"));
    assert.match(lines[0] ?? "", says);
  });
}
