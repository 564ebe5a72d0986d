import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, moduleNames } from "../project.ts";
import { assembled } from "../wasm-text.ts";
import { HINT, withBranchFlags, withHints } from "./branches.ts";
import { CONFIGURATIONS } from "./configurations.ts";
import { flagOf } from "./functions.ts";

const SECTION = "metadata.code.branch_hint";

/** The second branch stands in the condition of the first, the third hands a value on, and the last closes a loop. */
const MODULE = assembled(`(module
  (export "nested" (func $nested))
  (export "value" (func $value))
  (export "rounds" (func $rounds))
  (func $nested (param $a i32) (param $b i32) (result i32)
    (if (result i32) (if (result i32) (local.get $a) (then (local.get $b)) (else (i32.const 4)))
      (then (i32.const 5)) (else (i32.const 6))))
  (func $value (param $taken i32) (result i32)
    (block $out (result i32)
      (drop (br_if $out (i32.const 7) (local.get $taken)))
      (i32.const 8)))
  (func $rounds (param $left i32) (result i32)
    (local $done i32)
    (loop $again
      (local.set $done (i32.add (local.get $done) (i32.const 1)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $done)))`);

const [OUTER, INNER, HANDS_ON, CLOSES] = [0, 1, 2, 3] as const;
const sides = (branch: number): { not: number; taken: number } => ({ not: 2 * branch, taken: 2 * branch + 1 });

test("flags say which way each branch went, and the functions do what they did", () => {
  const module = run(withBranchFlags(MODULE));
  assert.equal(module.call("nested", 1, 0), 6);
  assert.deepEqual(module.raised(), [sides(OUTER).not, sides(INNER).taken]);
  assert.equal(module.call("nested", 0, 0), 5);
  assert.deepEqual(module.raised(), [sides(OUTER).taken, sides(INNER).not]);
  assert.equal(module.call("nested", -2, 256), 5);
  assert.deepEqual(module.raised(), [sides(OUTER).taken, sides(INNER).taken]);
  assert.equal(module.call("value", 3), 7);
  assert.deepEqual(module.raised(), [sides(HANDS_ON).taken]);
  assert.equal(module.call("value", 0), 8);
  assert.deepEqual(module.raised(), [sides(HANDS_ON).not]);
  assert.equal(module.call("rounds", 3), 3);
  assert.deepEqual(module.raised(), [sides(CLOSES).not, sides(CLOSES).taken]);
  assert.equal(module.call("rounds", 1), 1);
  assert.deepEqual(module.raised(), [sides(CLOSES).not]);
});

test("hints are encoded as the proposal says, and the module is the same without them", () => {
  const hinted = withHints(MODULE, [HINT.unlikely, undefined, HINT.likely, undefined]);
  // Two functions (their index, one hint each): where the branch stands, counted from the function's locals; one byte; the hint.
  // nested: no locals (1 byte), then `local.get 0` (2), `if i32` (2), `local.get 1` (2), `else` (1), `i32.const 4` (2), `end` (1): 11.
  // value: no locals (1), then `block i32` (2), `i32.const 7` (2), `local.get 0` (2): 7.
  assert.deepEqual(sectionOf(hinted), [2, 0, 1, 11, 1, 0, 1, 1, 7, 1, 1]);
  assert.deepEqual(withoutSection(hinted), [...withHints(MODULE, Array(4))]);
});

test("hints for more or fewer branches than there are, are refused", () => {
  for (const count of [3, 5]) assert.throws(() => withHints(MODULE, Array(count)), RangeError);
});

for (const name of moduleNames().filter((name) => name in CONFIGURATIONS)) {
  test(`${name} has hints for branches of what usual requests call`, () => {
    const [functions = 0] = sectionOf(readFileSync(join(PROJECT, `build/${name}.wasm`)));
    assert.ok(functions > 10, `hints in ${functions} functions`);
  });
}

/** The bytes of the hints' section; none if there is no such section. */
function sectionOf(bytes: Uint8Array): number[] {
  const [section] = WebAssembly.Module.customSections(new WebAssembly.Module(new Uint8Array(bytes)), SECTION);
  return section === undefined ? [] : [...new Uint8Array(section)];
}

/** The bytes of a module without the hints' section, of which the id, the size and the name's length are a byte each. */
function withoutSection(bytes: Uint8Array): number[] {
  const start = Buffer.from(bytes).indexOf(SECTION) - 3;
  const size = bytes[start + 1]!;
  return [...bytes.subarray(0, start), ...bytes.subarray(start + 2 + size)];
}

function run(bytes: Uint8Array): { call(name: string, ...values: number[]): unknown; raised(): number[] } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  const flags = Array.from({ length: 8 }, (_, side) => exports[flagOf(side)] as WebAssembly.Global);
  return {
    call: (name, ...values) => (exports[name] as (...values: number[]) => unknown)(...values),
    raised: () => {
      const raised = [...flags.keys()].filter((side) => flags[side]!.value === 1);
      for (const flag of flags) flag.value = 0;
      return raised;
    },
  };
}
