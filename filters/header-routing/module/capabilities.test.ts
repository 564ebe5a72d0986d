import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { CALLBACKS, Emulator, readModuleTypes } from "../../../emulator/index.ts";
import { PROJECT } from "../../../tools/project.ts";
import { HEADER_ROUTING, send } from "./compiled.ts";

/** What the README says goes into `capability_restriction_config.allowed_capabilities`. */
function published(): string[] {
  const readme = readFileSync(join(PROJECT, "filters/header-routing/README.md"), "utf8");
  const list = /allowed_capabilities:\n((?: +[\w]+: \{\}\n)+)/.exec(readme)?.[1];
  assert.ok(list, "no allowed_capabilities in the README");
  return list
    .trim()
    .split("\n")
    .map((line) => line.trim().split(":")[0] ?? "");
}

test("the published capabilities are those of the module, and with them alone it works", () => {
  const { imports, exports } = readModuleTypes(HEADER_ROUTING.module);
  const imported = [...imports.keys()].map((name) => name.slice(name.indexOf(".") + 1));
  const callbacks = [...exports.keys()].filter((name) => name in CALLBACKS);
  assert.deepEqual(published().sort(), [...imported, ...callbacks].sort());

  const vm = new Emulator().loadSync(HEADER_ROUTING.module, { allowedCapabilities: published() });
  const http = [{ route: [{ destination: { host: "reviews", subset: "v1" } }] }];
  const root = HEADER_ROUTING.configured(vm, { virtualServices: [{ hosts: ["*"], http }] });
  assert.deepEqual(send(root, { ":authority": "a", ":path": "/" }).get("x-subset"), ["v1"]);
});

test("no callback is exported that is not used", () => {
  const exported = [...readModuleTypes(HEADER_ROUTING.module).exports.keys()];
  assert.deepEqual(exported.sort(), [
    "_initialize",
    "malloc",
    "proxy_abi_version_0_2_1",
    "proxy_on_configure",
    "proxy_on_context_create",
    "proxy_on_memory_allocate",
    "proxy_on_request_headers",
    "proxy_on_response_headers",
  ]);
});

test("the module is at most 48 KB", () => {
  assert.ok(HEADER_ROUTING.module.length <= 48 * 1024, `${HEADER_ROUTING.module.length} bytes`);
});
