import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator, readModuleTypes } from "../../../emulator/index.ts";
import { publishedCapabilities, usedCapabilities } from "../../../test/module/capabilities.ts";
import { HEADER_ROUTING, send } from "./compiled.ts";

const PUBLISHED = publishedCapabilities(HEADER_ROUTING);

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(HEADER_ROUTING).sort());

  const vm = new Emulator().loadSync(HEADER_ROUTING.module, { allowedCapabilities: PUBLISHED });
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
