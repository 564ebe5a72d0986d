import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CALLBACKS, readModuleTypes } from "../../emulator/index.ts";
import { PROJECT } from "../../tools/project.ts";
import type { Compiled } from "./compiled.ts";

/** What a filter's README says goes into `capability_restriction_config.allowed_capabilities`. */
export function publishedCapabilities({ filter }: Compiled): string[] {
  const readme = readFileSync(join(PROJECT, `filters/${filter}/README.md`), "utf8");
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
