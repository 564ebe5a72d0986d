import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import binaryen from "binaryen";
import { OUT } from "./compile.ts";

/** The types of the callbacks for a stream, all of whose parameters and results are `i32` (proxy-wasm ABI 0.2.1). */
const PARAMETERS: Readonly<Record<string, number>> = { proxy_on_response_headers: 3, proxy_on_log: 1 };
const RESULTS: Readonly<Record<string, number>> = { proxy_on_response_headers: 1 };

/**
 * The built module `file` with empty callbacks for those of `callbacks` that it does not export, and gives the file written. Envoy calls
 * what a module exports, so that the difference of the two is what these calls cost.
 */
export function withEmptyCallbacks(file: string, callbacks: readonly string[], name: string): string {
  const module = binaryen.readBinary(readFileSync(file));
  try {
    module.setFeatures(binaryen.Features.All);
    const exported = new Set(
      Array.from({ length: module.getNumExports() }, (_, i) => binaryen.getExportInfo(module.getExportByIndex(i)).name),
    );
    for (const callback of callbacks.filter((callback) => !exported.has(callback))) {
      const types = (count = 0): binaryen.Type => binaryen.createType(Array<binaryen.Type>(count).fill(binaryen.i32));
      const body = RESULTS[callback] === undefined ? module.nop() : module.i32.const(0);
      module.addFunction(callback, types(PARAMETERS[callback]), types(RESULTS[callback]), [], body);
      module.addFunctionExport(callback, callback);
    }
    const written = resolve(OUT, `${name}.wasm`);
    writeFileSync(written, module.emitBinary());
    return written;
  } finally {
    module.dispose();
  }
}
