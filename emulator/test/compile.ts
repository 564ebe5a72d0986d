import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const PROJECT = fileURLToPath(new URL("../../", import.meta.url));

/**
 * Compiles AssemblyScript for a test of the emulator and gives the module.
 *
 * @param source a file, relative to the project's folder
 * @throws Error with the compiler's messages where it does not compile
 */
export function compile(source: string, ...options: string[]): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "module-"));
  try {
    const file = join(folder, "module.wasm");
    const asc = join(PROJECT, "node_modules/assemblyscript/bin/asc.js");
    const config = ["--config", "emulator/test/assembly/asconfig.json", "--outFile", relative(PROJECT, file)];
    execFileSync(process.execPath, [asc, source, ...config, ...options], { cwd: PROJECT, stdio: "pipe" });
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The probe that does what its configuration says. */
export function compileProbe(): Uint8Array {
  return compile("emulator/test/assembly/probe.ts");
}
