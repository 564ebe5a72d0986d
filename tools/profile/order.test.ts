import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, moduleNames } from "../project.ts";
import { assembled } from "../wasm-text.ts";
import { flagOf, reordered, withFlags } from "./functions.ts";
import { raisedByUsualRequests } from "./requests.ts";

/** Three functions: one exported that calls the next, that one, and one that is only in the table. */
const MODULE = assembled(`(module
  (type $number (func (result i32)))
  (table 1 funcref)
  (elem (i32.const 0) $seven)
  (export "five" (func $five))
  (export "indirect" (func $indirect))
  (func $five (result i32) (i32.add (call $two) (i32.const 3)))
  (func $two (result i32) (i32.const 2))
  (func $seven (result i32) (i32.const 7))
  (func $indirect (result i32) (call_indirect (type $number) (i32.const 0))))`);

const PLACES = [0, 1, 2, 3];

test("a flag says that its function was called, and the functions do what they did", () => {
  const module = run(withFlags(MODULE));
  assert.equal(module.call("five"), 5);
  assert.deepEqual(module.called(), [0, 1]);
  assert.equal(module.call("indirect"), 7);
  assert.deepEqual(module.called(), [2, 3]);
});

test("in another order calls, exports and tables lead to the same functions", () => {
  const module = run(withFlags(reordered(MODULE, [2, 1, 3, 0])));
  assert.equal(module.call("five"), 5);
  assert.deepEqual(module.called(), [1, 3]);
  assert.equal(module.call("indirect"), 7);
  assert.deepEqual(module.called(), [0, 2]);
});

test("an order that lacks a function, or has one twice, is refused", () => {
  for (const order of [[0, 1, 2], [0, 1, 2, 2], [0, 1, 2, 3, 4], []]) {
    assert.throws(() => reordered(MODULE, order), RangeError);
  }
});

for (const name of moduleNames()) {
  test(`${name}: what usual requests call lies side by side, what each of them calls first, and others have the numbers of one byte`, () => {
    const bytes = readFileSync(join(PROJECT, `build/${name}.wasm`));
    const calls = raisedByUsualRequests(name, withFlags(bytes));
    const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes)).filter(({ kind }) => kind === "function");
    const first = calls.findIndex((count) => count > 0);
    assert.equal(first, 128 - imports.length);
    const asked = calls.slice(first, calls.findLastIndex((count) => count > 0) + 1);
    assert.deepEqual(
      asked,
      [...asked].sort((a, b) => b - a),
    );
    assert.ok(asked.at(-1)! > 0);
  });
}

function run(bytes: Uint8Array): { call(name: string): unknown; called(): number[] } {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes)));
  const flag = (place: number): WebAssembly.Global => exports[flagOf(place)] as WebAssembly.Global;
  return {
    call: (name) => (exports[name] as () => unknown)(),
    called: () => {
      const called = PLACES.filter((place) => flag(place).value === 1);
      for (const place of PLACES) flag(place).value = 0;
      return called;
    },
  };
}
