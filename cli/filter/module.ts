import { exportGlobals } from "../../emulator/index.ts";
import { carriedModules, carriedModule } from "../carried.ts";
import { Failure } from "../failure.ts";
import { suggestion } from "../schema/problem.ts";

/** A filter's module, compiled once for all that ask it. */
export interface CompiledModule {
  readonly bytes: Uint8Array;
  readonly module: WebAssembly.Module;
}

const modules = new Map<string, CompiledModule>();

/**
 * The filter's module, which is read once, with its globals exported so that snapshots can be made.
 *
 * @throws Failure if there is no such filter, or its module is missing
 */
export function moduleOf(filter: string): CompiledModule {
  const read = modules.get(filter);
  if (read !== undefined) return read;
  const names = carriedModules();
  if (!names.includes(filter)) {
    throw new Failure(`no filter named ${filter}${suggestion(filter, names)}; there are ${names.join(", ")}`);
  }
  const bytes = exportGlobals(carriedModule(filter));
  const compiled = { bytes, module: new WebAssembly.Module(bytes) };
  modules.set(filter, compiled);
  return compiled;
}
