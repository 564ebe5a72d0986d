import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type Binaryen from "binaryen";
import { CALLBACKS, type Callback } from "../../emulator/callbacks.ts";
import binaryen from "../../tools/binaryen.ts";
import { OUT } from "./compile.ts";

/** What an empty callback returns that has a result: that the stream goes on and, of `proxy_on_done`, that there is nothing to wait for. */
const CONTINUE = 0;
const DONE = 1;

/**
 * The built module `file` with empty callbacks for those of `callbacks` that it does not export, and gives the file written. Envoy calls
 * what a module exports, so that the difference of the two is what these calls cost.
 */
export function withEmptyCallbacks(file: string, callbacks: readonly Callback[], name: string): string {
  const module = binaryen.readBinary(readFileSync(file));
  try {
    const exported = new Set(
      Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)).name),
    );
    for (const callback of callbacks.filter((callback) => !exported.has(callback))) {
      const [parameters = "", results = ""] = CALLBACKS[callback].split(":");
      const body = results === "" ? module.nop() : module.i32.const(callback === "proxy_on_done" ? DONE : CONTINUE);
      module.addFunction(callback, typeOf(parameters), typeOf(results), [], body);
      module.addFunctionExport(callback, callback);
    }
    const written = resolve(OUT, `${name}.wasm`);
    writeFileSync(written, module.emitBinary());
    return written;
  } finally {
    module.dispose();
  }
}

/** The type of so many `i`, which stand for i32 each. */
function typeOf(written: string): Binaryen.Type {
  return binaryen.createType(Array.from(written, () => binaryen.i32));
}
