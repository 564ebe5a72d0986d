/** The package that `npm pack` makes: what is in it, and that it works where nothing else is, on each Node. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, test } from "node:test";
import { shownCommands } from "../../cli/test/readme.ts";
import { moduleFolder, moduleNames, PROJECT } from "../../tools/project.ts";
import { nodes } from "./nodes.ts";

/** What the README's commands read, by where they find it. */
const READ = [
  "cli/examples",
  "envoy/authz.yaml",
  ...moduleNames().map((name) => `${moduleFolder(name)}/wasmplugin.yaml`),
];

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string }[];
}

const temporary = mkdtempSync(join(tmpdir(), "signalbox-package-"));
after(() => rmSync(temporary, { recursive: true }));

// npm of the PATH, and none that a dependency brings. Nothing may come from a registry.
const PATH = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
const OFFLINE = {
  npm_config_cache: join(temporary, "cache"),
  npm_config_registry: "http://127.0.0.1:9",
  npm_config_offline: "true",
};

/** Runs a program, perhaps with another Node; what it wrote to both of its outputs. */
function run(cwd: string, program: string, args: readonly string[], node?: string): string {
  const path = [...(node === undefined ? [] : [node]), ...PATH].join(delimiter);
  const env = { ...process.env, ...OFFLINE, PATH: path };
  const { error, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env });
  assert.equal(error, undefined);
  return stdout + stderr;
}

const [packed] = JSON.parse(
  spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", temporary], {
    cwd: PROJECT,
    encoding: "utf8",
    env: { ...process.env, PATH: PATH.join(delimiter) },
  }).stdout,
) as [Packed];

const installed = join(temporary, "empty");
cpSync(join(PROJECT, "cli/examples"), join(installed, "cli/examples"), { recursive: true });
for (const file of READ) cpSync(join(PROJECT, file), join(installed, file), { recursive: true });
const installation = run(installed, "npm", ["install", "--prefix", installed, join(temporary, packed.filename)]);
const SIGNALBOX = join(installed, "node_modules/.bin/signalbox");

test("the package has the command, the modules, the schema and the licences, and is below 3 MB", () => {
  const files = packed.files.map(({ path }) => path);
  for (const file of [
    "cli/signalbox.js",
    "build/package/main.js",
    "build/package/istio.json",
    "build/package/LICENCES-OF-LIBRARIES.txt",
    "LICENSE",
    "README.md",
    ...moduleNames().map((filter) => `build/package/modules/${filter}.wasm`),
    ...moduleNames().map((filter) => `build/package/manifests/${filter}.yaml`),
  ]) {
    assert.ok(files.includes(file), `${file} is not in ${files.join(", ")}`);
  }
  assert.deepEqual(
    files.filter((file) => /\.tsx?$|\.(test|spec)\.|sources\.json/.test(file)),
    [],
  );
  assert.ok(packed.size < 3e6, `${packed.size} bytes`);
});

test("the licences of the libraries that are in the bundle come along, with their texts", () => {
  const text = readFileSync(
    join(installed, "node_modules/@signalbox/cli/build/package/LICENCES-OF-LIBRARIES.txt"),
    "utf8",
  );
  for (const library of [
    /^ajv [\d.]+ \(MIT\)$/m,
    /^yaml [\d.]+ \(ISC\)$/m,
    /^@bufbuild\/cel [\d.]+ \(Apache-2\.0\)$/m,
  ]) {
    assert.match(text, library);
  }
  assert.match(text, /Copyright \(c\) 2011 TJ Holowaychuk/);
  assert.match(text, /Copyright 2008 Google Inc\.[^]*Redistributions in binary form must reproduce/);
});

test("it is installed alone", () => {
  assert.match(installation, /added 1 package/);
  const tree = JSON.parse(run(installed, "npm", ["ls", "--all", "--json"])) as { dependencies: object };
  assert.deepEqual(Object.keys(tree.dependencies), ["@signalbox/cli"]);
});

test("npx runs it where it is installed", () => {
  const version = run(installed, "npx", ["signalbox", "--version"]);
  assert.equal(version, run(installed, SIGNALBOX, ["--version"]));
});

for (const node of nodes()) {
  test(`on Node ${node.version} the commands of the README do what it shows`, (t) => {
    if ("missing" in node) return t.skip(node.missing);
    assert.equal(run(installed, "node", ["--version"], node.folder), `v${node.version}\n`);
    for (const { command, args, expected } of shownCommands()) {
      assert.equal(run(installed, SIGNALBOX, args, node.folder), expected, command);
    }
    const junit = run(installed, SIGNALBOX, ["test", "-o", "junit", "cli/examples/httpbin.test.yaml"], node.folder);
    assert.match(junit, /<testsuites tests="3" failures="0" errors="0" skipped="0">/);
  });

  test(`on Node ${node.version} it works from any folder, and names the modules that it carries`, (t) => {
    if ("missing" in node) return t.skip(node.missing);
    const digests = moduleNames().map((filter) => {
      const module = readFileSync(join(PROJECT, "build", `${filter}.wasm`));
      return `${createHash("sha256").update(module).digest("hex")}  ${filter}.wasm\n`;
    });
    const { version } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as { version: string };
    assert.equal(run(tmpdir(), SIGNALBOX, ["--version"], node.folder), [`signalbox ${version}\n`, ...digests].join(""));
    const file = join(installed, "filters/authz/wasmplugin.yaml");
    // The manifest has the placeholder of an image, which is warned of.
    const summary = "1 configuration and 1 resource checked: 0 errors, 0 warnings\n";
    assert.equal(run(tmpdir(), SIGNALBOX, ["validate", "--no-warnings", file], node.folder), summary);
  });
}
