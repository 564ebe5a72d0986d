/** Completion: what can stand at each place, and that the shells which are here get it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { test, type TestContext } from "node:test";
import { PROJECT } from "../tools/project.ts";
import { signalbox } from "./test/run.ts";

/** What the command offers in place of the last word. */
async function offered(...words: string[]): Promise<string[]> {
  const { out, status } = await signalbox(["__complete", ...words]);
  assert.equal(status, 0);
  return out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.replace(/\t.*/, ""));
}

test("what can be typed follows from the words before it", async () => {
  assert.deepEqual(await offered("c"), ["convert", "completion"]);
  assert.deepEqual(await offered("validate", "--f"), ["--filter"]);
  assert.deepEqual(await offered("validate", "--filter", "a"), ["authz"]);
  assert.deepEqual(await offered("validate", "--filter=a"), ["--filter=authz"]);
  assert.deepEqual(await offered("validate", "-f", "h"), ["header-routing"]);
  assert.deepEqual(await offered("validate", "--no-warnings", ""), [":files"]);
  assert.deepEqual(await offered("validate", "a.yaml", "--output", "json", "b"), [":files"]);
  assert.deepEqual(await offered("explain", "--config", ""), [":files"]);
  assert.deepEqual(await offered("explain", "--host", ""), []);
  assert.deepEqual(await offered("test", "-o", "--next"), []);
  assert.deepEqual(await offered("--next", "test", "-o"), ["text", "tap", "junit", "json"]);
  assert.deepEqual(await offered("completion", ""), ["bash", "zsh", "fish", "powershell"]);
  assert.deepEqual(await offered("completion", "bash", ""), []);
  assert.deepEqual(await offered("admission", "--key", ""), [":files"]);
  assert.deepEqual(await offered("admission", "--d"), ["--deadline", "--drain"]);
  assert.deepEqual(await offered("init", "t"), ["trace-propagation"]);
  assert.deepEqual(await offered("schema", "t"), ["trace-propagation"]);
  assert.deepEqual(await offered("trace", "r"), ["report"]);
  assert.deepEqual(await offered("trace", "report", "--output", ""), ["text", "json", "html"]);
  assert.deepEqual(await offered("trace", "d"), ["doctor"]);
  assert.deepEqual(await offered("trace", "doctor", ""), [":files"]);
  assert.deepEqual(await offered("trace", "doctor", "--s"), ["--service", "--since"]);
  assert.deepEqual(await offered("nothing", ""), []);
});

/** A folder with `signalbox` for a command and `my-plugin.yaml` for a file, and the shell's script in it. */
async function folderWith(t: TestContext, shell: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-completion-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const command = join(folder, "signalbox");
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${join(PROJECT, "cli/signalbox.js")}' "$@"\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(folder, "my-plugin.yaml"), "");
  writeFileSync(join(folder, "script"), (await signalbox(["completion", shell])).out);
  return folder;
}

/** Runs a program of a shell in the folder; undefined if there is no such shell. */
function runIn(folder: string, shell: string, args: readonly string[]): string | undefined {
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env["PATH"]}`, HOME: folder, TERM: "xterm" };
  const { error, status, stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: "utf8", env });
  if ((error as NodeJS.ErrnoException | undefined)?.code === "ENOENT") return undefined;
  assert.equal(status, 0, `${stdout}${stderr}`);
  return stdout;
}

test("bash completes commands, options, values and files", async (t) => {
  const folder = await folderWith(t, "bash");
  // What readline does at a tab: COMP_WORDS are the words, taken apart at "=".
  const complete = (...words: string[]) => {
    const program = `source ./script; COMP_WORDS=(signalbox ${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 )); compopt() { options="$*"; }; _signalbox; echo "\${COMPREPLY[@]}" "$options"`;
    return runIn(folder, "bash", ["--norc", "-c", program])?.trim();
  };
  const found = complete("val");
  if (found === undefined) return t.skip("there is no bash");
  assert.equal(found, "validate +o default");
  assert.equal(complete("validate", "--f"), "--filter +o default");
  assert.equal(complete("validate", "--filter", "a"), "authz +o default");
  assert.equal(complete("validate", "--filter", "=", "a"), "authz +o default");
  assert.equal(complete("test", "--output", "="), "text tap junit json +o default");
  assert.equal(complete("validate", "--filter", "=", "authz", "--o"), "--output +o default");
  assert.equal(complete("validate", "my"), "-o default");
});

test("zsh completes commands, options, values and files", async (t) => {
  const folder = await folderWith(t, "zsh");
  // zsh completes on a terminal only, so one is made in which a tab is typed, and then a key that shows the line.
  const complete = (line: string) => {
    const program = `zmodload zsh/zpty
zpty -b shell zsh -f -i
zpty -w shell 'PROMPT=; autoload -U compinit; compinit -u -D; source ./script'
zpty -w shell 'show() { print -r -- "<\${BUFFER}>"; }; zle -N show; bindkey "^X" show; unsetopt zle_bracketed_paste; print read"y"'
zpty -r shell answer '*ready*'
zpty -n -w shell ${quoted(`${line}\t`)}$'\\x18'
zpty -r shell answer '*<signalbox*>*'
print -r -- "$answer"
zpty -d shell`;
    const shown = runIn(folder, "zsh", ["-f", "-c", program]);
    return shown === undefined ? undefined : /<(signalbox[^>]*)>/.exec(shown)?.[1]?.trimEnd();
  };
  const found = complete("signalbox val");
  if (found === undefined) return t.skip("there is no zsh");
  assert.equal(found, "signalbox validate");
  assert.equal(complete("signalbox validate --f"), "signalbox validate --filter");
  assert.equal(complete("signalbox validate --filter a"), "signalbox validate --filter authz");
  assert.equal(complete("signalbox validate --filter=a"), "signalbox validate --filter=authz");
  assert.equal(complete("signalbox validate my"), "signalbox validate my-plugin.yaml");
});

function quoted(text: string): string {
  return `$'${text.replaceAll("\t", "\\t")}'`;
}

test("fish completes commands, options, values and files", async (t) => {
  const folder = await folderWith(t, "fish");
  const complete = (line: string) =>
    runIn(folder, "fish", ["--no-config", "-c", `source ./script; complete -C '${line}'`])
      ?.split("\n")
      .map((one) => one.replace(/\t.*/, ""))
      .filter((one) => one !== "");
  const found = complete("signalbox val");
  if (found === undefined) return t.skip("there is no fish");
  assert.deepEqual(found, ["validate"]);
  assert.deepEqual(complete("signalbox validate --f"), ["--filter"]);
  assert.deepEqual(complete("signalbox validate --filter a"), ["authz"]);
  assert.deepEqual(complete("signalbox validate --filter=a"), ["--filter=authz"]);
  assert.deepEqual(complete("signalbox validate my"), ["my-plugin.yaml"]);
  assert.deepEqual(complete("signalbox "), [
    "admission",
    "completion",
    "convert",
    "diff",
    "explain",
    "help",
    "init",
    "schema",
    "test",
    "trace",
    "validate",
  ]);
});

test("PowerShell completes commands, options and values, and leaves files to itself", async (t) => {
  const folder = await folderWith(t, "powershell");
  const complete = (line: string) => {
    const program = `. ([scriptblock]::Create((Get-Content -Raw ./script)))
(TabExpansion2 -inputScript '${line}' -cursorColumn ${line.length}).CompletionMatches.CompletionText`;
    return runIn(folder, "pwsh", ["-NoProfile", "-Command", program])
      ?.split(/\r?\n/)
      .filter((one) => one !== "");
  };
  const found = complete("signalbox val");
  if (found === undefined) return t.skip("there is no pwsh");
  assert.deepEqual(found, ["validate"]);
  assert.deepEqual(complete("signalbox validate --f"), ["--filter"]);
  assert.deepEqual(complete("signalbox validate --filter "), [
    "authz",
    "circuit-breaking",
    "fault-injection",
    "header-routing",
    "trace-propagation",
  ]);
});
