import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, moduleNames } from "../../tools/project.ts";

for (const name of moduleNames()) {
  test(`${name} starts with the memory that asc laid out, though its data is packed`, () => {
    const packed = memoryOf(`${name}.wasm`);
    const unpacked = memoryOf(`debug/${name}.asc.wasm`);
    assert.ok(unpacked.includes("expected a string"), "the messages are there");
    assert.ok(packed.equals(unpacked));
    const module = readFileSync(join(PROJECT, "build", `${name}.wasm`));
    assert.ok(!module.includes("expected a string, got true"), "the module's own bytes are packed");
  });
}

/** The memory of a module of `build/` after `_initialize`. */
function memoryOf(file: string): Buffer {
  const module = new WebAssembly.Module(readFileSync(join(PROJECT, "build", file)));
  const imports: Record<string, Record<string, () => number>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => 0;
  const { exports } = new WebAssembly.Instance(module, imports);
  (exports._initialize as () => void)();
  return Buffer.from((exports.memory as WebAssembly.Memory).buffer);
}
