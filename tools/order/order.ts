import { packData } from "../pack-data.ts";
import { reordered, withFlags } from "./functions.ts";
import { callsByUsualRequests } from "./requests.ts";

/**
 * The same module with the functions first that most usual requests call. Envoy compiles a module into code in the order of its functions,
 * so what a request runs lies on a few pages of memory then, and not between all that only a configuration needs.
 */
export function inOrderOfUse(name: string, bytes: Uint8Array): Uint8Array {
  const calls = callsByUsualRequests(name, packData(withFlags(bytes)));
  const order = [...calls.keys()].sort((a, b) => calls[b]! - calls[a]! || a - b);
  return reordered(bytes, order);
}
