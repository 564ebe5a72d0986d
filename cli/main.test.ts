/** The command as a whole, in a process of its own where that matters: help, completion, exit statuses, terminals. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { signalbox, spawned } from "./testing/run.ts";

test("npx signalbox runs the command from a clone, without a registry", (t) => {
  const cache = mkdtempSync(join(tmpdir(), "signalbox-npm-"));
  t.after(() => rmSync(cache, { recursive: true }));
  // A dependency brings an npx of its own, which no user's shell finds.
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const npm = { npm_config_cache: cache, npm_config_registry: "http://127.0.0.1:9", npm_config_offline: "true" };
  const env = { ...process.env, PATH: path.join(delimiter), ...npm };
  const command = ["signalbox", "validate", "filters/authz/wasmplugin.yaml"];
  const { status, stdout, stderr } = spawnSync("npx", command, { cwd: PROJECT, encoding: "utf8", env });
  assert.equal(stdout, "1 configuration and 1 resource checked: 0 errors, 0 warnings\n", stderr);
  assert.equal(status, 0);
});

test("help names the commands and teaches each with examples", async () => {
  const { status, out } = await signalbox(["--help"]);
  for (const command of ["validate", "convert", "explain", "test", "completion"]) {
    assert.match(out, new RegExp(`^  signalbox ${command}\\b`, "m"));
  }
  assert.match(out, /Exit status: 0 all is well, 1 something was found, 2 the command could not do its work\./);
  assert.equal(status, 0);
  for (const command of ["validate", "convert", "explain", "test"]) {
    const { out, status } = await signalbox([command, "--help"]);
    assert.match(out, new RegExp(`^Examples:\\n +.*signalbox ${command}`, "m"));
    assert.equal(status, 0);
  }
});

test("what is no command is told in one line on standard error, and ends with 2", async () => {
  const told = async (...args: string[]) => {
    const { status, out, err } = await signalbox(args);
    assert.equal(out, "");
    assert.equal(status, 2);
    return err;
  };
  assert.equal(await told(), "signalbox: name a command; signalbox --help tells more\n");
  assert.equal(await told("validat"), "signalbox: Did you mean validate?; signalbox --help tells more\n");
  assert.match(
    await told("validate"),
    /^signalbox: Not enough non-option arguments: got 0, need at least 1; signalbox --help tells more\n$/,
  );
  assert.match(await told("validate", "a", "--outptu", "json"), /^signalbox: Unknown arguments?: outptu; /);
  assert.match(
    await told("validate", "a", "--filter", "autz"),
    /^signalbox: Invalid values: Argument: filter, Given: "autz", Choices: /,
  );
  assert.equal(await told("validate", "none.yaml"), "signalbox: none.yaml cannot be read: ENOENT\n");
});

test("the exit status of the process is the command's", () => {
  assert.equal(spawned(["validate", "cli/examples/mistaken.yaml"]).status, 1);
  assert.equal(spawned(["validate", "none.yaml"]).status, 2);
});

test("a module that is not built is told in one line", (t) => {
  const clone = mkdtempSync(join(tmpdir(), "signalbox-"));
  t.after(() => rmSync(clone, { recursive: true }));
  for (const part of ["cli", "emulator", "filters", "tools", "package.json"]) {
    cpSync(join(PROJECT, part), join(clone, part), { recursive: true });
  }
  const run = () => {
    const command = [join(clone, "cli/signalbox.js"), "validate", "filters/authz/wasmplugin.yaml"];
    const { status, stderr } = spawnSync(process.execPath, command, { cwd: clone, encoding: "utf8" });
    return [status, stderr];
  };
  assert.deepEqual(run(), [2, "signalbox: its packages are not installed: npm ci\n"]);
  symlinkSync(join(PROJECT, "node_modules"), join(clone, "node_modules"));
  assert.deepEqual(run(), [2, "signalbox: build/authz.wasm is missing: make build\n"]);
});

test("there are colours on a terminal only, and not with NO_COLOR", (t) => {
  const colour = String.fromCharCode(27);
  for (const env of [{}, { CI: "true" }] as Record<string, string>[]) {
    assert.ok(!spawned(["validate", "cli/examples/mistaken.yaml"], "", env).out.includes(colour));
  }
  const onTerminal = (env: Record<string, string>) => {
    const command = `${process.execPath} cli/signalbox.js validate cli/examples/mistaken.yaml`;
    const options = { cwd: PROJECT, encoding: "utf8", env: { ...process.env, TERM: "xterm", ...env } } as const;
    return spawnSync("script", ["-qec", command, "/dev/null"], options);
  };
  const { stdout, error } = onTerminal({});
  if (error !== undefined) return t.skip("no script (util-linux) to make a terminal with");
  assert.ok(stdout.includes(`${colour}[31merror:`), stdout);
  assert.ok(!onTerminal({ NO_COLOR: "1" }).stdout.includes(colour));
});

test("completion: a script for the shell, which asks the command", async () => {
  const { status, out } = await signalbox(["completion"]);
  assert.match(out, /^###-begin-signalbox-completions-###/);
  assert.equal(status, 0);
  const words = (await signalbox(["--get-yargs-completions", "signalbox", ""])).out.split("\n");
  assert.ok(words.includes("validate") && words.includes("convert"), words.join());
  const options = (await signalbox(["--get-yargs-completions", "signalbox", "validate", "--fi"])).out.split("\n");
  assert.ok(options.includes("--filter"), options.join());
});
