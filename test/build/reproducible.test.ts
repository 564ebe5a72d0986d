import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PROJECT, moduleEntry, moduleNames } from "../../tools/project.ts";

const run = promisify(execFile);
const INPUTS = [
  "assembly",
  "asconfig.json",
  "emulator",
  "filters",
  "modules",
  "package.json",
  "package-lock.json",
  "tools",
];
/** The smallest, as a build takes so long. The others are built by the same steps; signalbox has one option of asc besides. */
const MODULES = ["header-routing"];

test("a module has the same bytes wherever and whenever it is built", { timeout: 600_000 }, async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), "signalbox-build-"));
  t.after(() => rmSync(temporary, { recursive: true, force: true }));
  const elsewhere = join(temporary, "a longer path", "with more", "folders");
  mkdirSync(elsewhere, { recursive: true });
  for (const input of INPUTS) cpSync(join(PROJECT, input), join(elsewhere, input), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(elsewhere, "node_modules"));
  const others = moduleNames().filter((name) => !MODULES.includes(name));
  for (const name of others) rmSync(join(elsewhere, moduleEntry(name)));

  const here = await buildAt(PROJECT);
  const there = await buildAt(elsewhere);

  assert.deepEqual(
    readdirSync(join(elsewhere, "build")).filter((file) => file.endsWith(".wasm")),
    MODULES.map((name) => `${name}.wasm`).sort(),
    "one for each file of modules/",
  );
  assert.deepEqual(here, there);
});

/** Builds what is not up to date in `folder`, and gives the digest of each of `MODULES`. */
async function buildAt(folder: string): Promise<Map<string, string>> {
  await run(process.execPath, ["--import", "tsx", "tools/build.ts", "--no-debug"], { cwd: folder });
  return new Map(MODULES.map((name) => [name, digest(join(folder, `build/${name}.wasm`))]));
}

function digest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
