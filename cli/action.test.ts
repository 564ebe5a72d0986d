/** The action for pull requests (`action.yml`): its steps run as a runner runs them, with whatever the inputs hold. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { Log } from "sarif";
import { parse } from "yaml";
import { PROJECT } from "../tools/project.ts";

interface Step {
  readonly id: string;
  readonly shell: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { description: string; default?: string; required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { description: string; value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const ACTION = parse(readFileSync(join(PROJECT, "action.yml"), "utf8")) as Action;
const [INSTALL, VALIDATE] = ACTION.runs.steps as [Step, Step];

interface Outcome {
  readonly status: number | null;
  readonly out: string;
  readonly outputs: Readonly<Record<string, string>>;
}

/** A job's folder, in which the examples of the command lie. */
function jobIn(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-action-"));
  t.after(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "deploy to"));
  copyFileSync(join(PROJECT, "cli/examples/mistaken.yaml"), join(folder, "deploy to/mistaken.yaml"));
  copyFileSync(join(PROJECT, "envoy/authz.yaml"), join(folder, "authz.yaml"));
  return folder;
}

/** Runs a step in a folder with the runner's shell, its environment evaluated in these contexts. */
function runStep({ run, env }: Step, folder: string, contexts: Readonly<Record<string, string>>): Outcome {
  const outputFile = join(folder, ".output");
  const evaluated = Object.entries(env).map(([name, value]) => {
    return [name, value.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, of: string) => valueOf(of, contexts))];
  });
  // `shell: bash` of a composite action (docs.github.com, "Workflow syntax", jobs.<job_id>.steps[*].shell).
  const { status, stdout, stderr } = spawnSync("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", run], {
    cwd: folder,
    encoding: "utf8",
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      GITHUB_OUTPUT: outputFile,
      ...Object.fromEntries(evaluated),
    },
  });
  const lines = existsSync(outputFile) ? readFileSync(outputFile, "utf8").trimEnd().split("\n") : [];
  return { status, out: stdout + stderr, outputs: Object.fromEntries(lines.map((line) => line.split("=", 2))) };
}

function valueOf(of: string, contexts: Readonly<Record<string, string>>): string {
  const [, input] = /^inputs\.(\w+)$/.exec(of) ?? [];
  const value = contexts[of] ?? (input === undefined ? undefined : ACTION.inputs[input]?.default);
  assert.ok(value !== undefined, `${of} is not known`);
  return value;
}

const GITHUB = {
  "github.server_url": "https://github.example.com",
  "github.action_repository": "mesh/signalbox",
  "github.action_ref": "v1",
  "steps.install.outputs.command": join(PROJECT, "cli/signalbox.js"),
};

function sarifIn(folder: string, file = "signalbox.sarif"): Log {
  return JSON.parse(readFileSync(join(folder, file), "utf8")) as Log;
}

test("no script has an expression in it: what inputs hold comes by the environment", () => {
  assert.equal(ACTION.runs.using, "composite");
  for (const { run, shell, env } of ACTION.runs.steps) {
    assert.equal(shell, "bash");
    assert.doesNotMatch(run, /\$\{\{/);
    for (const [name, value] of Object.entries(env)) assert.ok(run.includes(`$${name}`), `${name}: ${value}`);
  }
  const used = JSON.stringify(ACTION.runs);
  for (const [name, { description, required, default: usual }] of Object.entries(ACTION.inputs)) {
    assert.ok(used.includes(`\${{ inputs.${name} }}`), name);
    assert.ok(description.length > 0 && (required === true) === (usual === undefined), name);
  }
  assert.equal(ACTION.outputs["sarif"]?.value, "${{ steps.validate.outputs.sarif }}");
});

test("findings are in the log and in the SARIF file, with pages of the action's own version, and fail the step", (t) => {
  const folder = jobIn(t);
  const { status, out, outputs } = runStep(VALIDATE, folder, { ...GITHUB, "inputs.paths": "deploy to\n" });
  assert.equal(status, 1);
  assert.match(out, /^deploy to\/mistaken\.yaml:12:32: error: .* \[SBX201\]$/m);
  assert.deepEqual(outputs, { sarif: "signalbox.sarif" });
  const [run] = sarifIn(folder).runs;
  const places = run?.results?.map(({ locations }) => locations?.[0]?.physicalLocation?.artifactLocation?.uri);
  assert.deepEqual(places, ["deploy%20to/mistaken.yaml", "deploy%20to/mistaken.yaml"]);
  const page = "https://github.example.com/mesh/signalbox/blob/v1/docs/errors/SBX201.md";
  assert.equal(run?.tool.driver.rules?.[0]?.helpUri, page);
});

test("without errors the step succeeds, and the SARIF file goes where the input says", (t) => {
  const folder = jobIn(t);
  const local = { ...GITHUB, "github.action_repository": "", "github.action_ref": "" };
  const inputs = { "inputs.paths": "authz.yaml", "inputs.filter": "authz", "inputs.sarif": "out put.sarif" };
  const { status, out } = runStep(VALIDATE, folder, { ...local, ...inputs, "inputs.warnings": "false" });
  assert.match(out, /^1 configuration and 0 resources checked: 0 errors, 0 warnings$/m);
  assert.equal(status, 0);
  assert.deepEqual(sarifIn(folder, "out put.sarif").runs[0]?.results, []);
});

test("a path that is not there, and none at all, fail the step", (t) => {
  const folder = jobIn(t);
  const missing = runStep(VALIDATE, folder, { ...GITHUB, "inputs.paths": "authz.yml" });
  assert.equal(missing.status, 2);
  assert.match(missing.out, /authz\.yml cannot be read: there is no such file/);
  const none = runStep(VALIDATE, folder, { ...GITHUB, "inputs.paths": "\n" });
  assert.equal(none.status, 2);
  assert.match(none.out, /name the files to validate/);
});

test("an input is a name and nothing more, whatever it holds", (t) => {
  const folder = jobIn(t);
  const before = readdirSync(folder).length;
  const hostile = [
    "$(touch taken)",
    "`touch taken`",
    "; touch taken",
    '"; touch taken; "',
    "--output=json",
    "* && touch taken",
  ];
  for (const value of hostile) {
    const { status } = runStep(VALIDATE, folder, { ...GITHUB, "inputs.paths": value, "inputs.filter": "authz" });
    assert.equal(status, 2, value);
    const filtered = runStep(VALIDATE, folder, { ...GITHUB, "inputs.paths": "authz.yaml", "inputs.filter": value });
    assert.equal(filtered.status, 2, value);
  }
  assert.equal(existsSync(join(folder, "taken")), false);
  // The SARIF file and the outputs.
  assert.equal(readdirSync(folder).length, before + 2);
});

test("the command is this action's own if no package is given", (t) => {
  const folder = jobIn(t);
  // What a build does is tested elsewhere.
  const built = { ...INSTALL, run: INSTALL.run.replace("make ", "echo make ") };
  const { status, out, outputs } = runStep(built, folder, {
    "github.action_path": PROJECT,
    "runner.temp": folder,
  });
  assert.equal(status, 0, out);
  assert.match(out, new RegExp(`^make --no-print-directory -C ${PROJECT} build$`, "m"));
  assert.equal(outputs["command"], join(PROJECT, "cli/signalbox.js"));
  const packed = { ...INSTALL, run: INSTALL.run.replace("npm ", "echo npm ") };
  const given = runStep(packed, folder, {
    "github.action_path": PROJECT,
    "runner.temp": folder,
    "inputs.package": "./a package.tgz",
  });
  assert.match(given.out, /^npm install .* -- \.\/a package\.tgz$/m);
  const { name, bin } = JSON.parse(readFileSync(join(PROJECT, "package.json"), "utf8")) as {
    name: string;
    bin: { signalbox: string };
  };
  assert.equal(given.outputs["command"], join(folder, "signalbox/node_modules", name, bin.signalbox));
});
