import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator } from "../../../../emulator/index.ts";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { HEADER_ROUTING, send } from "./compiled.ts";

const PUBLISHED = publishedCapabilities(HEADER_ROUTING);

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(HEADER_ROUTING).sort());

  const vm = new Emulator().loadSync(HEADER_ROUTING.module, { allowedCapabilities: PUBLISHED });
  const http = [{ route: [{ destination: { host: "reviews", subset: "v1" } }] }];
  const root = HEADER_ROUTING.configured(vm, { virtualServices: [{ hosts: ["*"], http }] });
  assert.deepEqual(send(root, { ":authority": "a", ":path": "/" }).get("x-subset"), ["v1"]);
});

// Five kilobytes of these are for large configurations, which are read in steps while requests wait, and for hints at branches.
testModule(HEADER_ROUTING, ["proxy_on_request_headers", "proxy_on_response_headers", "proxy_on_tick"], 53);
