import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "../../tools/project.ts";

const run = promisify(execFile);

/** Where everything goes that a run makes and does not keep. */
export const OUT = resolve(PROJECT, "bench/out");

/** A file of `bench/assembly`. */
export function source(file: string): string {
  return resolve(PROJECT, "bench/assembly", file);
}

/**
 * Compiles one AssemblyScript entry with the options that every such module here has, and gives the file written.
 *
 * @throws Error with asc's messages where it does not compile
 */
export async function compile(entry: string, name: string, options: readonly string[] = []): Promise<string> {
  mkdirSync(OUT, { recursive: true });
  const file = resolve(OUT, `${name}.wasm`);
  const asc = resolve(PROJECT, "node_modules/assemblyscript/bin/asc.js");
  const config = resolve(PROJECT, "bench/assembly/asconfig.json");
  const common = ["--config", config, "--outFile", file];
  await run(process.execPath, [asc, entry, ...common, ...options], { cwd: PROJECT });
  return file;
}
