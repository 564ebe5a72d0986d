import { packData } from "../pack-data.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { reordered, withFlags } from "./functions.ts";
import { raisedByUsualRequests } from "./requests.ts";

/**
 * The same module with the functions first that most usual requests call. Envoy lays compiled code down in the order of a module's
 * functions, so what a request runs lies on fewer pages of memory, and not between all that only a configuration needs. A module without a
 * usual configuration stays as it is.
 */
export function inOrderOfUse(name: string, bytes: Uint8Array): Uint8Array {
  if (!(name in CONFIGURATIONS)) return bytes;
  const calls = raisedByUsualRequests(name, packData(withFlags(bytes)));
  const order = [...calls.keys()].sort((a, b) => calls[b]! - calls[a]! || a - b);
  return reordered(bytes, order);
}
