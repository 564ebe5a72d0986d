/**
 * Of a configuration that is refused a module keeps no byte, whatever of it was read before a mistake was found. The heap's own mark is
 * looked at, up to which memory was ever used: so a single block that is not given back is seen, and not only a page of them.
 */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { Emulator, type Vm } from "../../emulator/index.ts";
import binaryen from "../../tools/binaryen.ts";
import { PROJECT, moduleFolder, moduleNames } from "../../tools/project.ts";
import { exampleOf } from "../support/module/examples.ts";

/** As many as a heap has free blocks of a size after the first, and some. */
const SETTLE = 40;
const PUSHES = 20;
const MARK = "mark";
const NODE = { id: "sidecar~10.0.0.1~a.default~default.svc.cluster.local", metadata: { NAMESPACE: "default" } };

for (const module of moduleNames()) {
  const names = readdirSync(join(PROJECT, moduleFolder(module), "examples")).map((name) => name.replace(/\.yaml$/, ""));
  const bytes = withMark(readFileSync(join(PROJECT, `build/debug/${module}.wasm`)));
  const compiled = new WebAssembly.Module(bytes);
  const load = (): Vm => {
    const emulator = new Emulator({ record: false });
    emulator.foreignFunctions.set("expr_create", () => "\0\0\0\0");
    return emulator.instantiate(bytes, compiled);
  };
  const example = (name: string): Record<string, unknown> =>
    parse(exampleOf(module, name)[0]) as Record<string, unknown>;

  test(`${module} keeps nothing of a configuration that is refused`, () => {
    const refused = {
      "no JSON": "{",
      "a name twice": '{"a":0,"a":0}',
      "no object": "[]",
      "too large": " ".repeat((2 << 20) + 1),
      ...Object.fromEntries(
        names.map((name) => [
          `examples/${name}.yaml and a wrong field`,
          JSON.stringify({ ...example(name), wrong: 0 }),
        ]),
      ),
    };
    for (const [what, configuration] of Object.entries(refused)) {
      assert.equal(
        growth(load(), (vm) => refuse(vm, configuration)),
        0,
        what,
      );
    }
  });

  test(`${module} keeps nothing of a configuration that is refused, if another runs`, () => {
    const accepted = JSON.stringify(example(names.find((name) => name !== "refused")!));
    const wrong = accepted.replace("{", '{"wrong":0,');
    const vm = load();
    const root = vm.createRoot({ configuration: accepted, node: NODE });
    assert.ok(root.accepted);
    assert.equal(
      growth(vm, () => refuse(vm, wrong)),
      0,
    );
  });
}

function refuse(vm: Vm, configuration: string): void {
  const root = vm.createRoot({ configuration, node: NODE });
  assert.equal(root.accepted, false, configuration.slice(0, 100));
  root.delete();
}

/** How many bytes more are used after some pushes than before. */
function growth(vm: Vm, push: (vm: Vm) => void): number {
  const mark = vm.exportedGlobal(MARK)!;
  for (let round = 0; round < SETTLE; round++) push(vm);
  const before = Number(mark.value);
  assert.ok(before > 0);
  for (let round = 0; round < PUSHES; round++) push(vm);
  assert.equal(vm.failed, undefined);
  return Number(mark.value) - before;
}

/** The module with the global exported that says up to where memory was ever used (`assembly/memory/heap.ts`). */
function withMark(debug: Uint8Array): Uint8Array<ArrayBuffer> {
  const module = binaryen.readBinary(debug);
  module.addGlobalExport("assembly/memory/heap/unused", MARK);
  const bytes = Uint8Array.from(module.emitBinary());
  module.dispose();
  return bytes;
}
