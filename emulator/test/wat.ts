import { assembled } from "../../tools/wasm-text.ts";

export { assembled as wat };

/**
 * A module of ABI 0.2.1 with one page of memory, whose `malloc` gives addresses from 4096 on, and `fields` besides. Fields
 * that import come first.
 */
export function filter(fields: string, imports = ""): Uint8Array {
  return assembled(`(module ${imports}
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 4096))
    (func (export "proxy_abi_version_0_2_1"))
    (func (export "malloc") (param $size i32) (result i32)
      (global.set $next (i32.add (global.get $next) (local.get $size)))
      (i32.sub (global.get $next) (local.get $size)))
    ${fields})`);
}
