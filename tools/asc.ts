import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { PROJECT } from "./project.ts";

const run = promisify(execFile);

/**
 * Runs the AssemblyScript compiler on `entries` with one target of asconfig.json, the transform added that asc cannot
 * take from there (it drops the `./` in front of a path).
 *
 * @param buildId what the module says of its build (`assembly/text/build-id.ts`)
 * @returns what it printed: warnings
 * @throws Error with its messages where the sources do not compile
 */
export async function asc(
  entries: readonly string[],
  target: "release" | "debug" | "check",
  options: readonly string[] = [],
  buildId?: string,
): Promise<string> {
  const compiler = join(PROJECT, "node_modules/assemblyscript/bin/asc.js");
  const fixed = ["--config", "asconfig.json", "--target", target, "--transform", "./tools/utf8-transform.mjs"];
  const environment = buildId === undefined ? process.env : { ...process.env, SIGNALBOX_BUILD: buildId };
  return await runTool(compiler, [...entries, ...fixed, ...options], environment);
}

/** Runs Binaryen's `wasm-opt`, a newer one than asc itself is built on. What it prints of a run that succeeds is for its authors. */
export async function wasmOpt(options: readonly string[]): Promise<void> {
  await runTool(join(PROJECT, "node_modules/binaryen/bin/wasm-opt"), options);
}

async function runTool(script: string, options: readonly string[], env = process.env): Promise<string> {
  try {
    const { stderr } = await run(process.execPath, [script, ...options], { cwd: PROJECT, env, maxBuffer: 1 << 26 });
    return stderr;
  } catch (error) {
    const { stderr, message } = error as { stderr?: string; message: string };
    throw new Error(stderr?.trim() || message);
  }
}
