/** In the page's place of `cli/carried.ts`: the modules are in the page itself. */
import { unzlibSync } from "fflate";
import { Failure } from "../../../cli/failure.ts";

/** Put in by `tools/playground/build.ts`: the modules by their names, each as zlib's data in base64. */
declare const MODULES: Readonly<Record<string, string>>;

/** The names of the modules: the filters, and signalbox. */
export function carriedModules(): readonly string[] {
  return Object.keys(MODULES);
}

/**
 * The module of one of `carriedModules`.
 *
 * @throws Failure if there is none of that name
 */
export function carriedModule(filter: string): Uint8Array {
  const packed = MODULES[filter];
  if (packed === undefined) throw new Failure(`the page has no module ${filter}`);
  return unzlibSync(Uint8Array.from(atob(packed), (character) => character.charCodeAt(0)));
}
