/**
 * Builds each module (a file of modules/) into `build/<module>.wasm`, and with names and a source map into
 * `build/debug/<module>.wasm`, as many at a time as there are cores; prints each size. A module none of whose sources changed is not
 * built again. `--no-debug` leaves the debug build out.
 *
 * The bytes depend on the sources and the locked tools alone, not on the folder or the time: asc names sources
 * relative to the project, and names and producers are stripped.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { asc, wasmOpt } from "./asc.ts";
import { packData } from "./pack-data.ts";
import { withUsualHints } from "./profile/hints.ts";
import { inOrderOfUse } from "./profile/order.ts";
import { PROJECT, filesBelow, isModuleSource, moduleEntry, moduleFilters, moduleNames } from "./project.ts";

/** WebAssembly features that the sources are compiled for; every Envoy that must work has them. */
const FEATURES = ["bulk-memory", "sign-ext", "nontrapping-float-to-int", "mutable-globals", "simd"];

/** asc leaves the first kilobyte of memory empty, which lets offsets be folded into loads and stores. */
const OPTIMISE = ["--converge", "--low-memory-unused"];
/**
 * Tuned for speed alone (no limits here, no `shrinkLevel` in asconfig.json) header-routing is a quarter larger, from code inlined many
 * times, and each worker compiles and holds all of it. So only functions are inlined that are about as short as a call of them, and
 * those that are called in most places have the shortest numbers, after those that requests call (`profile/order.ts`).
 */
const TUNED = ["-O3", "--always-inline-max-function-size=4", ...OPTIMISE, "--reorder-functions", "--const-hoisting"];
/** The size that functions are inlined up to. With 6, trace-propagation is 600 bytes smaller than with 8, and its requests run the same instructions. */
const INLINED = 8;
const INLINED_OF: Readonly<Record<string, number>> = { "trace-propagation": 6 };
const STRIP = ["--strip-debug", "--strip-producers", "--strip-target-features"];

/** How many digits of the hash of its inputs a module carries as its id. */
const BUILD_ID = 16;

const TOOLING = [
  "asconfig.json",
  "package-lock.json",
  "tools/as-it-is.mjs",
  "tools/asc.ts",
  "tools/binaryen.ts",
  "tools/build.ts",
  "tools/pack-data.ts",
  "tools/pack.ts",
  "tools/profile/branches.ts",
  "tools/profile/configurations.ts",
  "tools/profile/functions.ts",
  "tools/profile/hints.ts",
  "tools/profile/order.ts",
  "tools/profile/requests.ts",
  "tools/utf8-transform.mjs",
  "tools/wasm-text.ts",
];

/** A hash over everything that a module is made of. */
function inputsOf(module: string): string {
  const own = [moduleEntry(module), ...filesBelow(`modules/${module}`)];
  const folders = ["assembly", "emulator", ...moduleFilters(module)];
  const sources = [...folders.flatMap(filesBelow), ...own].filter(isModuleSource);
  const hash = createHash("sha256");
  for (const file of [...TOOLING, ...sources]) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(PROJECT, file)))
      .update("\0");
  }
  return hash.digest("hex");
}

async function build(module: string, id: string): Promise<void> {
  const entry = moduleEntry(module);
  const output = `build/${module}.wasm`;
  const optimisedByAsc = `build/debug/${module}.asc.wasm`;
  const warnings = await asc([entry], "release", ["--outFile", optimisedByAsc], id);
  if (warnings.trim() !== "") console.error(warnings);
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  const inlined = `--flexible-inline-max-function-size=${INLINED_OF[module] ?? INLINED}`;
  // Moved into place whole, as an Envoy may be loading the module that was there.
  await wasmOpt([optimisedByAsc, "-o", `${output}.next`, ...features, ...TUNED, inlined, ...STRIP]);
  const next = join(PROJECT, `${output}.next`);
  writeFileSync(next, packData(withUsualHints(module, inOrderOfUse(module, new Uint8Array(readFileSync(next))))));
  renameSync(next, join(PROJECT, output));
  if (!process.argv.includes("--no-debug"))
    await asc([entry], "debug", ["--outFile", `build/debug/${module}.wasm`], id);
}

function printSize(module: string, note: string): void {
  const file = join(PROJECT, `build/${module}.wasm`);
  const gzipped = gzipSync(readFileSync(file), { level: 9 }).length;
  console.log(`build/${module}.wasm  ${statSync(file).size} bytes, ${gzipped} gzipped${note}`);
}

async function bringUpToDate(module: string): Promise<void> {
  const stamp = join(PROJECT, `build/debug/${module}.inputs`);
  const inputs = inputsOf(module);
  const fresh =
    existsSync(join(PROJECT, `build/${module}.wasm`)) && existsSync(stamp) && readFileSync(stamp, "utf8") === inputs;
  try {
    if (!fresh) {
      console.log(`build/${module}.wasm is being built, for some 20 seconds`);
      await build(module, inputs.slice(0, BUILD_ID));
    }
    writeFileSync(stamp, inputs);
    printSize(module, fresh ? ", up to date" : "");
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

mkdirSync(join(PROJECT, "build/debug"), { recursive: true });
// The module of all filters takes longest, so it is begun first.
const waiting = moduleNames().sort((a, b) => moduleFilters(b).length - moduleFilters(a).length);
const worker = async (): Promise<void> => {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await bringUpToDate(next);
};
await Promise.all(Array.from({ length: availableParallelism() }, worker));
