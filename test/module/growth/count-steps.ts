import binaryen from "../../../tools/binaryen.ts";
import { assembled } from "../../../tools/wasm-text.ts";

/** The names of the globals that `countSteps` adds: the steps so far, and the number of them at which the module traps. */
export const STEPS = "steps";
export const MOST_STEPS = "most-steps";

/** What Binaryen's pass puts at the start of each function and each loop's round. */
const LOG = "log_execution";

/**
 * The same module with a counter of steps: one for each function that is entered or left and for each round of a loop, and one for
 * eight bytes that `memory.fill` and `memory.copy` go over. So nothing that takes longer if there is more of it is left out, and
 * no source says where to count. It traps when the count passes `MOST_STEPS`.
 */
export function countSteps(module: Uint8Array): Uint8Array<ArrayBuffer> {
  const read = binaryen.readBinary(module);
  read.runPasses([LOG.replace("_", "-")]);
  const text = read
    .emitText()
    .replace(new RegExp(`^.*\\(import "env" "${LOG}".*$`, "m"), "")
    .replace(/\(memory\.(fill|copy)$/gm, "(call $counted_$1");
  read.dispose();
  return Uint8Array.from(assembled(text.slice(0, text.lastIndexOf(")")) + COUNTER));
}

const COUNTER = `
  (global $steps (mut i64) (i64.const 0))
  (global $most_steps (mut i64) (i64.const 0x7fffffffffffffff))
  (export "${STEPS}" (global $steps))
  (export "${MOST_STEPS}" (global $most_steps))
  (func $${LOG} (param $place i32)
    (global.set $steps (i64.add (global.get $steps) (i64.const 1)))
    (if (i64.gt_u (global.get $steps) (global.get $most_steps)) (then (unreachable))))
  (func $count (param $steps i64)
    (global.set $steps (i64.add (global.get $steps) (local.get $steps)))
    (if (i64.gt_u (global.get $steps) (global.get $most_steps)) (then (unreachable))))
  (func $counted_fill (param $at i32) (param $value i32) (param $size i32)
    (call $count (i64.extend_i32_u (i32.shr_u (local.get $size) (i32.const 3))))
    (memory.fill (local.get $at) (local.get $value) (local.get $size)))
  (func $counted_copy (param $to i32) (param $from i32) (param $size i32)
    (call $count (i64.extend_i32_u (i32.shr_u (local.get $size) (i32.const 3))))
    (memory.copy (local.get $to) (local.get $from) (local.get $size)))
)`;
