import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { PROJECT, filterNames } from "../../tools/project.ts";

const run = promisify(execFile);
const INPUTS = ["assembly", "asconfig.json", "filters", "package.json", "package-lock.json", "tools"];

test("every module has the same bytes wherever and whenever it is built", { timeout: 300_000 }, async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), "signalbox-build-"));
  t.after(() => rmSync(temporary, { recursive: true, force: true }));
  const places = [join(temporary, "a"), join(temporary, "a much longer path", "with more", "folders")];

  const [here, there] = await Promise.all(places.map(buildAt));

  assert.deepEqual([...(here?.keys() ?? [])].sort(), filterNames().sort(), "one module for each filter");
  assert.deepEqual(here, there);
});

/** Builds a copy of the sources in `folder`, and gives the digest of each filter's module. */
async function buildAt(folder: string): Promise<Map<string, string>> {
  mkdirSync(folder, { recursive: true });
  for (const input of INPUTS) cpSync(join(PROJECT, input), join(folder, input), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  await run(process.execPath, ["--import", "tsx", "tools/build.ts"], { cwd: folder });
  const modules = readdirSync(join(folder, "build")).filter((file) => file.endsWith(".wasm"));
  return new Map(modules.map((file) => [file.replace(/\.wasm$/, ""), digest(join(folder, "build", file))]));
}

function digest(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}
