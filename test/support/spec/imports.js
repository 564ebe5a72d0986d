/* global WebAssembly */
import { register } from "tsx/esm/api";

// as-pect runs its tests in a Node that it starts itself, which does not read TypeScript.
register();
const { asPectHost } = await import("../../../emulator/as-pect.ts");

/**
 * What a specification imports beside as-pect's own functions: the proxy's host calls, and `run`.
 *
 * A host call goes to the function of the same name that the specification exports, as `test/support/spec/host.ts`
 * has some, so a specification plays its own host; one that it does not export answers Unimplemented (12). Unless the
 * specification imports from `test/support/spec/emulator.ts`: then that answers.
 */
const UNIMPLEMENTED = 12;
const HOST_MODULES = ["env", "wasi_snapshot_preview1"];

/** Gives the imports of a compiled specification, and `connect`, to be called with its instance's exports before a test runs. */
export function specImports(memory, binary) {
  let exports = {};
  const imported = WebAssembly.Module.imports(new WebAssembly.Module(binary));
  const host = imported.some(({ module }) => module === "emulator") ? asPectHost(binary) : undefined;
  const modules = { env: { memory }, wasi_snapshot_preview1: {}, run: { seed } };
  if (host !== undefined) modules.emulator = host.imports.emulator;
  for (const { module, name, kind } of imported) {
    if (kind !== "function" || !HOST_MODULES.includes(module)) continue;
    const otherwise = host?.imports[module]?.[name] ?? (() => UNIMPLEMENTED);
    modules[module][name] = (...parameters) => (exports[name] ?? otherwise)(...parameters);
  }
  return {
    modules,
    connect(instance) {
      exports = instance;
      host?.connect(instance);
    },
  };
}

/** The seed of a random test, printed so that `SEED=… make spec` repeats the run. */
function seed() {
  const value = process.env.SEED === undefined ? (Math.random() * 2 ** 31) | 0 : Number(process.env.SEED) | 0;
  console.log(`seed: SEED=${value}`);
  return value;
}
