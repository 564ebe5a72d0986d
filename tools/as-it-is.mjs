import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Node's hook that loads modules: Binaryen's as it is, with no other loader before it, and all others by the next. */
export function load(url, context, next) {
  if (!url.endsWith("/node_modules/binaryen/index.js")) return next(url, context);
  return { format: "module", source: readFileSync(fileURLToPath(url)), shortCircuit: true };
}
