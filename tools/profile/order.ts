import { packData } from "../pack-data.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { reordered, withFlags } from "./functions.ts";
import { raisedByUsualRequests } from "./requests.ts";

/** The numbers of functions that take one byte in each call: those below this (WebAssembly Core Specification 2.0, §5.2.2). */
const SHORT_NUMBERS = 128;

/**
 * The same module with the functions side by side that usual requests call, first those that most of them do. Envoy lays compiled code down
 * in the order of a module's functions, so what a request runs lies on fewer pages of memory, and not between all that only a configuration
 * needs. Before them come as many others as have numbers of one byte, as the module has them: those that are called in most places. A module
 * without a usual configuration stays as it is.
 */
export function inOrderOfUse(name: string, bytes: Uint8Array<ArrayBuffer>): Uint8Array {
  if (!(name in CONFIGURATIONS)) return bytes;
  const calls = raisedByUsualRequests(name, packData(withFlags(bytes)));
  const places = [...calls.keys()];
  const asked = places.filter((place) => calls[place]! > 0).sort((a, b) => calls[b]! - calls[a]! || a - b);
  const others = places.filter((place) => calls[place] === 0);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function");
  const short = others.splice(0, SHORT_NUMBERS - imports.length);
  return reordered(bytes, [...short, ...asked, ...others]);
}
