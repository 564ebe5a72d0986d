import * as modules from "node:module";
import type Binaryen from "binaryen";

/** Newer Nodes have this in place of `register`. */
const { registerHooks } = modules as { registerHooks?: (hooks: object) => void };

// tsx rewrites each module that it loads, and takes some eight seconds for Binaryen's 15 MB.
if (registerHooks !== undefined) registerHooks(await import("./as-it-is.mjs"));
else modules.register("./as-it-is.mjs", import.meta.url);

/** Binaryen, loaded in a second. */
const { default: binaryen } = (await import("binaryen")) as { default: typeof Binaryen };
export default binaryen;
