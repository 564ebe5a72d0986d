import type Binaryen from "binaryen";
import binaryen from "../binaryen.ts";

/** The names under which the flags are exported: this, and the place of the function. */
const FLAG = "called:";

/**
 * The same module with a flag for each of its functions, an exported global that is 1 if the function was called since the flag was last 0:
 * `flagOf(place)` is its name.
 */
export function withFlags(bytes: Uint8Array): Uint8Array {
  return edited(bytes, (module) => {
    for (const [place, { body, ...rest }] of functionsOf(module).entries()) {
      const flag = flagOf(place);
      module.addGlobal(flag, binaryen.i32, true, module.i32.const(0));
      module.addGlobalExport(flag, flag);
      const raised = module.global.set(flag, module.i32.const(1));
      putLast(module, { ...rest, body: module.block(null, [raised, body], rest.results) });
    }
  });
}

/** The name of the flag of the function at that place. */
export function flagOf(place: number): string {
  return `${FLAG}${place}`;
}

/**
 * The same module with its functions in another order: `order` has the place of each. It does the same as before, and its tables and exports
 * have the same functions.
 *
 * @throws RangeError if `order` does not have each place once
 */
export function reordered(bytes: Uint8Array, order: readonly number[]): Uint8Array {
  return edited(bytes, (module) => {
    const functions = functionsOf(module);
    const moved = new Set(order.map((place) => functions[place]));
    if (moved.size !== functions.length || moved.has(undefined)) throw new RangeError("not each function once");
    for (const one of moved) putLast(module, one!);
  });
}

function edited(bytes: Uint8Array, edit: (module: Binaryen.Module) => void): Uint8Array {
  const module = binaryen.readBinary(bytes);
  try {
    edit(module);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

/** Moves a function of a module after all others; what calls it by its name still does. */
function putLast(module: Binaryen.Module, { name, params, results, vars, body }: Binaryen.FunctionInfo): void {
  module.removeFunction(name);
  module.addFunction(name, params, results, vars, body);
}

/** The functions of a module's own, in their order; imported ones come before them. */
function functionsOf(module: Binaryen.Module): Binaryen.FunctionInfo[] {
  return Array.from({ length: module.getNumFunctions() }, (_, at) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(at)),
  ).filter(({ module: imported }) => !imported);
}
