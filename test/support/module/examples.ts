/**
 * The examples of the README of a filter, or of a module of several: each file of its examples/ is a pluginConfig and, behind `---`, what the filter makes
 * of some requests, written by hand. The README shows both parts to the letter, and the compiled filter does as they say.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { Emulator, type Node, type Root } from "../../../emulator/index.ts";
import { PROJECT, moduleFolder } from "../../../tools/project.ts";
import { Compiled } from "./compiled.ts";

/** The example whose second part is the lines with which its configuration is refused. */
const REFUSED = "refused";

/** How a filter's examples are carried out. */
export interface Exemplified<Decision> {
  filter: string;
  /** Metadata of the proxy that the examples run in. */
  metadata: Node["metadata"];
  /** What the filter makes of one decision's request, said as the example says it. */
  decide(root: Root, emulator: Emulator, decision: Decision): unknown;
  /** The examples that the emulator cannot carry out, as they need an Envoy. */
  notInEmulator?: readonly string[];
  /** The example in the manifest `wasmplugin.yaml`, and the page that shows the manifest. */
  manifest: { example: string; shownIn: string };
}

/** Adds the tests that hold a filter's README, its examples, its manifest and its module to one another. */
export function testExamples<Decision>(exemplified: Exemplified<Decision>): void {
  const { filter, notInEmulator = [], manifest } = exemplified;
  const folder = join(PROJECT, moduleFolder(filter));
  const names = readdirSync(join(folder, "examples")).map((name) => name.replace(/\.yaml$/, ""));

  for (const name of names) {
    test(`the README shows examples/${name}.yaml as it is`, () => {
      const readme = readFileSync(join(folder, "README.md"), "utf8");
      for (const part of exampleOf(filter, name)) assert.ok(shows(readme, part), `not in the README:\n${part}`);
    });
  }

  for (const name of names.filter((one) => one !== REFUSED && !notInEmulator.includes(one))) {
    test(`the filter decides as examples/${name}.yaml says`, () => {
      const [configuration, expected] = exampleOf(filter, name);
      const emulator = new Emulator();
      const root = rootOf(exemplified, emulator, configuration);
      assert.deepEqual(emulator.logs, []);
      for (const decision of parse(expected) as Decision[]) {
        assert.deepEqual(exemplified.decide(root, emulator, decision), decision);
      }
    });
  }

  test(`the filter refuses examples/${REFUSED}.yaml with these lines`, () => {
    const [configuration, expected] = exampleOf(filter, REFUSED);
    const emulator = new Emulator();
    assert.equal(rootOf(exemplified, emulator, configuration).accepted, false);
    const lines = emulator.logs.map(({ message }) => message);
    assert.deepEqual(lines, parse(expected));
  });

  test(`the manifest carries examples/${manifest.example}.yaml, and ${manifest.shownIn} shows it as it is`, () => {
    const text = readFileSync(join(folder, "wasmplugin.yaml"), "utf8");
    assert.ok(shows(readFileSync(join(PROJECT, manifest.shownIn), "utf8"), text));
    const plugin = parse(text.split(/^---\n/m)[0] ?? "") as { spec: { pluginConfig: unknown } };
    assert.deepEqual(plugin.spec.pluginConfig, parse(exampleOf(filter, manifest.example)[0]));
  });
}

/** The two parts of an example: its configuration, and what is expected of it. */
export function exampleOf(filter: string, name: string): [string, string] {
  const file = join(PROJECT, moduleFolder(filter), "examples", `${name}.yaml`);
  const [configuration, expected, ...others] = readFileSync(file, "utf8").split(/^---\n/m);
  assert.ok(configuration && expected && others.length === 0, `examples/${name}.yaml has two parts`);
  return [configuration, expected];
}

/** The names of the counters that count more than they did before, with what they counted then as `before`. */
export function counted(emulator: Emulator, before: ReadonlyMap<string, bigint>): string[] {
  return [...emulator.metrics.counters]
    .filter(([name, count]) => count !== (before.get(name) ?? 0n))
    .map(([name]) => name);
}

function shows(page: string, text: string): boolean {
  return page.includes(`\`\`\`yaml\n${text}\`\`\`\n`);
}

function rootOf<Decision>(one: Exemplified<Decision>, emulator: Emulator, configuration: string): Root {
  const { filter, metadata } = one;
  const plugin = { rootId: filter, configuration: JSON.stringify(parse(configuration)) };
  return new Compiled(filter).loadInto(emulator).createRoot({ ...plugin, node: { metadata } });
}
