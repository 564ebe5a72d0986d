import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** The project's own folder. */
export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Where everything goes that a run makes and does not keep. */
export const OUT = resolve(PROJECT, "bench/out");

/**
 * Compiles one AssemblyScript entry with the options that every such module here has, and gives the file written.
 *
 * @throws Error with asc's messages where it does not compile
 */
export async function compile(source: string, name: string, options: readonly string[] = []): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const file = resolve(OUT, `${name}.wasm`);
  const asc = resolve(PROJECT, "node_modules/assemblyscript/bin/asc.js");
  const config = resolve(PROJECT, "bench/assembly/asconfig.json");
  const common = ["--config", config, "--outFile", file];
  await run(process.execPath, [asc, source, ...common, ...options], { cwd: PROJECT });
  return file;
}
