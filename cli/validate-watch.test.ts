/** `signalbox validate --watch`: what it prints after each change of files, in a process of its own. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { PROJECT } from "../tools/project.ts";
import type { Finding } from "./finding.ts";
import { signalbox } from "./test/run.ts";
import { changesBetween } from "./validate/changes.ts";

const GOOD = policies("[GET]");
const WRONG = policies("GET");

function policies(methods: string): string {
  return `policies:\n  - name: a\n    rules: [{ to: [{ operation: { methods: ${methods} } }] }]\n`;
}

const AT = "policies[0].rules[0].to[0].operation.methods: expected a list, got";
const COUNTS = (errors: string, files = "1 configuration and 0 resources"): string =>
  `${files} checked: ${errors}, 0 warnings`;

/** A run of `validate --watch` in a folder of its own. */
class Watching {
  private readonly texts = { stdout: "", stderr: "" };
  private readonly ended: Promise<unknown[]>;

  private constructor(private readonly child: ChildProcess) {
    this.ended = once(child, "exit");
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => {
        this.texts[name] += text;
        child.emit("printed");
      });
    }
  }

  static start(t: TestContext, folder: string, ...args: string[]): Watching {
    const command = [join(PROJECT, "cli/signalbox.js"), "validate", "--watch", "--filter", "authz", ...args];
    const child = spawn(process.execPath, command, { cwd: folder });
    t.after(() => child.kill("SIGKILL"));
    return new Watching(child);
  }

  /** What is printed up to a line, from where the one before ended. */
  async until(line: string, name: "stdout" | "stderr" = "stdout"): Promise<string[]> {
    for (;;) {
      const text = this.texts[name];
      const end = text.indexOf(`${line}\n`);
      if (end >= 0) {
        this.texts[name] = text.slice(end + line.length + 1);
        return text.slice(0, end + line.length).split("\n");
      }
      const over = await Promise.race([once(this.child, "printed"), this.ended.then(() => "ended")]);
      assert.notEqual(over, "ended", `it ended: ${this.texts.stdout}${this.texts.stderr}`);
    }
  }

  /** Waits until the first look is over. */
  async begun(counts: string): Promise<string[]> {
    await this.until("signalbox: watching the files; Ctrl-C ends", "stderr");
    return await this.until(counts);
  }

  /** Ends it as a terminal does; gives the exit status. */
  async interrupt(signal: NodeJS.Signals = "SIGINT"): Promise<unknown> {
    this.child.kill(signal);
    return (await this.ended)[0];
  }
}

function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-watch-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

test("after each edit it says what is new and what is mended, however the editor writes, and ends with the last status", async (t) => {
  const folder = folderOf(t, { "a.yaml": WRONG });
  const file = join(folder, "a.yaml");
  const watching = Watching.start(t, folder, "a.yaml");
  await watching.begun(COUNTS("1 error"));

  writeFileSync(file, GOOD);
  assert.deepEqual(await watching.until(COUNTS("0 errors")), [
    `mended: a.yaml:3:44: error: ${AT} "GET" [authz] [SBX202]`,
    COUNTS("0 errors"),
  ]);

  // As vim, emacs and most other editors do: another file takes its place.
  writeFileSync(join(folder, ".a.yaml.swp"), policies("1"));
  renameSync(join(folder, ".a.yaml.swp"), file);
  assert.deepEqual(await watching.until(COUNTS("1 error")), [
    `a.yaml:3:44: error: ${AT} 1 [authz] [SBX202]`,
    COUNTS("1 error"),
  ]);

  // A line before it moves the mistake, which is no news; the new one is.
  writeFileSync(file, `trustDomain: 1\n${policies("1")}`);
  assert.deepEqual(await watching.until(COUNTS("2 errors")), [
    'a.yaml:1:14: error: trustDomain: expected a string, got 1; write "1" [authz] [SBX202]',
    COUNTS("2 errors"),
  ]);

  assert.equal(await watching.interrupt(), 1);
});

test("a file that is deleted and comes again, and SIGTERM", async (t) => {
  const folder = folderOf(t, { "a.yaml": GOOD });
  const watching = Watching.start(t, folder, "a.yaml");
  assert.deepEqual(await watching.begun(COUNTS("0 errors")), [COUNTS("0 errors")]);
  rmSync(join(folder, "a.yaml"));
  await watching.until("signalbox: a.yaml cannot be read: there is no such file [SBX111]", "stderr");
  await watching.until(COUNTS("0 errors", "0 configurations and 0 resources"));
  writeFileSync(join(folder, "a.yaml"), GOOD);
  assert.deepEqual(await watching.until(COUNTS("0 errors")), [
    "mended: a.yaml cannot be read: there is no such file",
    COUNTS("0 errors"),
  ]);
  assert.equal(await watching.interrupt("SIGTERM"), 0);
});

test("new files of a folder are seen, in new folders too, and one that is gone", async (t) => {
  const plugin = (phase: string): string =>
    `apiVersion: extensions.istio.io/v1alpha1\nkind: WasmPlugin\nmetadata: { name: a, namespace: b }\nspec: { url: oci://registry.local/authz, phase: ${phase}, pluginConfig: { policies: [] } }\n`;
  const folder = folderOf(t, { "a.yaml": plugin("AUTHZ") });
  const watching = Watching.start(t, folder, ".");
  await watching.begun("1 configuration and 1 resource checked: 0 errors, 0 warnings");
  mkdirSync(join(folder, "more"));
  writeFileSync(join(folder, "more/b.yaml"), plugin("AUTZ").replace("name: a", "name: b"));
  const [line = "", counts] = await watching.until("2 configurations and 2 resources checked: 1 error, 0 warnings");
  assert.match(line, /^more\/b\.yaml:4:\d+: error: spec\.phase: .* \[SBX204\]$/);
  assert.equal(counts, "2 configurations and 2 resources checked: 1 error, 0 warnings");
  rmSync(join(folder, "more"), { recursive: true });
  assert.deepEqual(await watching.until("1 configuration and 1 resource checked: 0 errors, 0 warnings"), [
    `mended: ${line}`,
    "1 configuration and 1 resource checked: 0 errors, 0 warnings",
  ]);
  assert.equal(await watching.interrupt(), 0);
});

test("standard input and output for programs are refused", async () => {
  const input = await signalbox(["validate", "--watch", "-"]);
  assert.deepEqual(
    [input.status, input.err],
    [2, "signalbox: --watch takes files and folders: standard input cannot change\n"],
  );
  const json = await signalbox(["validate", "--watch", "-o", "json", "envoy/authz.yaml"]);
  assert.deepEqual([json.status, json.err], [2, "signalbox: --watch prints text: leave --output json out\n"]);
});

test("findings are compared by what they say, and as often as they say it", () => {
  const finding = (line: number, message: string): Finding => {
    return { severity: "error", file: "a", line, column: 1, path: "p", message };
  };
  const before = [finding(1, "x"), finding(2, "x"), finding(3, "another is at a:1:1")];
  assert.deepEqual(changesBetween(before, [finding(5, "x"), finding(6, "x"), finding(7, "another is at a:5:1")]), {
    added: [],
    gone: [],
  });
  const after = [finding(1, "x"), finding(2, "x"), finding(3, "x"), finding(4, "y")];
  assert.deepEqual(changesBetween(before, after), { added: [after[2], after[3]], gone: [before[2]] });
});
