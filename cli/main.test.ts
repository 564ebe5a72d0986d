/** The command as a whole, in a process of its own where that matters: help, completion, exit statuses, terminals. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { PROJECT, moduleNames } from "../tools/project.ts";
import { signalbox, spawned } from "./test/run.ts";

test("npx signalbox runs the command from a clone, without a registry", (t) => {
  const cache = mkdtempSync(join(tmpdir(), "signalbox-npm-"));
  t.after(() => rmSync(cache, { recursive: true }));
  // A dependency brings an npx of its own, which no user's shell finds.
  const path = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => !folder.includes("node_modules"));
  const npm = { npm_config_cache: cache, npm_config_registry: "http://127.0.0.1:9", npm_config_offline: "true" };
  const env = { ...process.env, PATH: path.join(delimiter), ...npm };
  const command = ["signalbox", "validate", "filters/authz/wasmplugin.yaml"];
  const { status, stdout, stderr } = spawnSync("npx", command, { cwd: PROJECT, encoding: "utf8", env });
  assert.match(stdout, /^1 configuration and 1 resource checked: 0 errors, /m, stderr);
  assert.equal(status, 0);
});

test("help names the commands and teaches each with examples", async () => {
  const { status, out } = await signalbox(["--help"]);
  for (const command of [
    "validate",
    "convert",
    "explain",
    "test",
    "diff",
    "trace",
    "schema",
    "init",
    "admission",
    "completion",
  ]) {
    assert.match(out, new RegExp(`^  ${command} `, "m"));
  }
  assert.match(out, /Exit status: 0 no errors, 1 something is wrong, 2 the command could not run\./);
  assert.equal(status, 0);
  for (const command of ["validate", "convert", "explain", "test", "diff", "schema", "init", "admission"]) {
    const { out, status } = await signalbox([command, "--help"]);
    assert.match(out, new RegExp(`^Examples:\\n  # .*\\n  .*signalbox ${command}`, "m"));
    assert.doesNotMatch(out, /default: *\[\]/);
    assert.equal(status, 0);
  }
});

test("help breaks lines between words, at any width of the terminal", async (t) => {
  const columns = process.stdout.columns;
  t.after(() => void (process.stdout.columns = columns));
  const wordsAt = async (command: readonly string[], width: number): Promise<string[]> => {
    process.stdout.columns = width;
    const { out } = await signalbox([...command, "--help"]);
    // A command that can be tried stays in one line, and so does a word that is longer than its column.
    const [prose = ""] = out.split("Examples:");
    const long = prose.split("\n").filter((line) => line.length > width && /\S\s/.test(line));
    assert.deepEqual(long, [], `${width} columns`);
    return out.split(/\s+/);
  };
  for (const command of [
    [],
    ["validate"],
    ["convert"],
    ["explain"],
    ["diff"],
    ["schema"],
    ["init"],
    ["admission"],
    ["completion"],
  ]) {
    const words = await wordsAt(command, 100);
    for (const width of [60, 72, 80, 81, 97]) assert.deepEqual(await wordsAt(command, width), words);
  }
});

test("without a command help goes to standard error, and the status is 2", async () => {
  const { out: help } = await signalbox(["--help"]);
  assert.deepEqual(await signalbox([]), { status: 2, out: "", err: help });
});

test("what is wrong with the arguments is told in one line on standard error, with what was perhaps meant", async () => {
  const told = async (...args: string[]) => {
    const { status, out, err } = await signalbox(args);
    assert.equal(out, "");
    assert.equal(status, 2);
    const [, message] = /^signalbox: (.*)\n$/.exec(err) ?? [];
    return message;
  };
  const help = "signalbox validate --help tells more";
  assert.equal(await told("validat"), "unknown command validat (did you mean validate?); signalbox --help tells more");
  assert.equal(await told("validate"), `name the files to validate; ${help}`);
  assert.equal(await told("convert"), "name the files to convert; signalbox convert --help tells more");
  assert.equal(
    await told("validate", "a", "--fliter", "authz"),
    `unknown option --fliter (did you mean --filter?); ${help}`,
  );
  assert.equal(await told("validate", "a", "--xyz"), `unknown option --xyz; ${help}`);
  assert.equal(await told("validate", "a", "--filter"), `--filter needs a value; ${help}`);
  const modules = moduleNames();
  assert.equal(
    await told("validate", "a", "--filter", "autz"),
    `--filter autz: expected ${modules.slice(0, -1).join(", ")} or ${modules.at(-1)} (did you mean "authz"?); ${help}`,
  );
  assert.equal(
    await told("completion", "bsh"),
    'shell bsh: expected bash, zsh, fish or powershell (did you mean "bash"?); signalbox completion --help tells more',
  );
  assert.equal(await told("completion"), "name the shell; signalbox completion --help tells more");
  assert.equal(
    await told("completion", "bash", "zsh"),
    "unexpected argument zsh; signalbox completion --help tells more",
  );
  assert.equal(await told("explain"), "name the file to explain; see signalbox explain --help");
  assert.equal(await told("validate", "none.yaml"), "none.yaml cannot be read: there is no such file");
});

test("the exit status of the process is the command's", () => {
  assert.equal(spawned(["validate", "cli/examples/mistaken.yaml"]).status, 1);
  assert.equal(spawned(["validate", "none.yaml"]).status, 2);
});

test("output that cannot be written is told in one line, and the status is 2", (t) => {
  if (!existsSync("/dev/full")) return t.skip("no /dev/full, a disk without space, which Linux has");
  const full = openSync("/dev/full", "w");
  t.after(() => closeSync(full));
  for (const args of [
    ["--help"],
    ["validate", "cli/examples/mistaken.yaml"],
    ["convert", "cli/examples/httpbin.yaml"],
  ]) {
    const { status, stderr } = spawnSync(process.execPath, ["cli/signalbox.js", ...args], {
      cwd: PROJECT,
      encoding: "utf8",
      stdio: ["ignore", full, "pipe"],
    });
    const [line = ""] = stderr.split("\n").filter((one) => !one.startsWith("warning: "));
    assert.match(line, /^signalbox: the output cannot be written: ENOSPC: no space left on device/);
    assert.doesNotMatch(stderr, /^ +at /m);
    assert.equal(status, 2, args[0]);
  }
});

test("when whoever reads the output has gone, the command ends as it would have", async () => {
  const command = `read go; exec '${process.execPath}' cli/signalbox.js validate cli/examples/mistaken.yaml`;
  const child = spawn("sh", ["-c", command], { cwd: PROJECT });
  let told = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (told += text));
  child.stdout.destroy();
  await once(child.stdout, "close");
  child.stdin.end("\n");
  assert.deepEqual(await once(child, "close"), [1, null], told);
  assert.equal(told, "");
});

test("a module that is not built is told in one line", (t) => {
  const clone = mkdtempSync(join(tmpdir(), "signalbox-"));
  t.after(() => rmSync(clone, { recursive: true }));
  for (const part of ["cli", "emulator", "filters", "modules", "tools", "package.json"]) {
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

test("in a clone the bundle runs, and after an edit the sources", (t) => {
  const clone = mkdtempSync(join(tmpdir(), "signalbox-"));
  t.after(() => rmSync(clone, { recursive: true }));
  const sources = JSON.parse(readFileSync(join(PROJECT, "build/package/sources.json"), "utf8")) as string[];
  for (const part of ["build/package", "cli/signalbox.js", ...sources]) {
    cpSync(join(PROJECT, part), join(clone, part), { recursive: true, preserveTimestamps: true });
  }
  // No packages are installed here: the bundle needs none, the sources do.
  const run = () => {
    const command = [join(clone, "cli/signalbox.js"), "--version"];
    const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: tmpdir(), encoding: "utf8" });
    return [status, stdout.split("\n")[0], stderr];
  };
  assert.deepEqual(run(), [0, "signalbox 0.1.0", ""]);
  const later = new Date(Date.now() + 1000);
  utimesSync(join(clone, "cli/finding.ts"), later, later);
  assert.deepEqual(run(), [2, "", "signalbox: its packages are not installed: npm ci\n"]);
});

test("--version names the version, and the digests of the modules as sha256sum prints them", async () => {
  const { out, status } = await signalbox(["--version"]);
  const lines = moduleNames().map((name) => {
    return `${spawnSync("sha256sum", [join(PROJECT, `build/${name}.wasm`)], { encoding: "utf8" }).stdout.slice(0, 64)}  ${name}.wasm`;
  });
  assert.deepEqual(out.trimEnd().split("\n"), ["signalbox 0.1.0", ...lines]);
  assert.equal(status, 0);
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
