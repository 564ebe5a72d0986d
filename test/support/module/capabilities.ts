import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CALLBACKS, readModuleTypes, type Callback } from "../../../emulator/index.ts";
import { PROJECT, moduleFolder } from "../../../tools/project.ts";
import type { Compiled } from "./compiled.ts";

/** What a filter's README says goes into `capability_restriction_config.allowed_capabilities`. */
export function publishedCapabilities({ filter }: Compiled): string[] {
  const readme = readFileSync(join(PROJECT, `${moduleFolder(filter)}/README.md`), "utf8");
  const list = /allowed_capabilities:\n((?: +[\w]+: \{\}\n)+)/.exec(readme)?.[1];
  assert.ok(list, "no allowed_capabilities in the README");
  return list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(":")[0] ?? "");
}

/** What its module imports, and the callbacks that it exports. */
export function usedCapabilities({ module }: Compiled): string[] {
  const { imports, exports } = readModuleTypes(module);
  const imported = [...imports.keys()].map((name) => name.slice(name.indexOf(".") + 1));
  return [...imported, ...[...exports.keys()].filter((name) => name in CALLBACKS)];
}

/** Adds the tests that hold for what every filter's module exports, and for its size. */
export function testModule(filter: Compiled, callbacks: readonly Callback[], kilobytes: number): void {
  test("no callback is exported that is not used", () => {
    const exported = [...readModuleTypes(filter.module).exports.keys()];
    assert.deepEqual(exported.sort(), [...EVERY_MODULE, ...callbacks].sort());
  });

  test(`the module is at most ${kilobytes} KB`, () => {
    assert.ok(filter.module.length <= kilobytes * 1024, `${filter.module.length} bytes`);
  });
}

const EVERY_MODULE = [
  ...["_initialize", "malloc", "proxy_abi_version_0_2_1", "proxy_on_memory_allocate"],
  ...["proxy_on_context_create", "proxy_on_configure"],
];
