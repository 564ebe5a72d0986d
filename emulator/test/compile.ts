import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { PROJECT, filesBelow } from "../../tools/project.ts";

/** What the sources of any module may import, and how they are compiled. */
const SHARED = "emulator/test/assembly";
/** What compiles them. */
const TOOLS = ["package-lock.json", "emulator/test/compile.ts"];

/**
 * Compiles AssemblyScript for a test and gives the module. What was compiled of the same sources before is taken from build/tests/, as the
 * compiler takes five seconds, and seven files of tests want the same module.
 *
 * @param source a file, relative to the project's folder; what it imports from the project lies beside it or in `SHARED`
 * @throws Error with the compiler's messages where it does not compile
 */
export function compile(source: string, ...options: string[]): Uint8Array {
  const hash = createHash("sha256").update(JSON.stringify([source, options]));
  for (const file of [...TOOLS, ...filesBelow(SHARED), ...filesBelow(dirname(source))]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(PROJECT, file)));
  }
  const file = join(PROJECT, "build/tests", `${hash.digest("hex").slice(0, 16)}.wasm`);
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    // Moved into place whole, as another test may be compiling the same.
    const unfinished = `${file}.${process.pid}`;
    const asc = join(PROJECT, "node_modules/assemblyscript/bin/asc.js");
    const flags = ["--config", `${SHARED}/asconfig.json`, "--outFile", relative(PROJECT, unfinished)];
    execFileSync(process.execPath, [asc, source, ...flags, ...options], { cwd: PROJECT, stdio: "pipe" });
    renameSync(unfinished, file);
  }
  return readFileSync(file);
}

/** The probe that does what its configuration says. */
export function compileProbe(): Uint8Array {
  return compile("emulator/test/assembly/probe.ts");
}
