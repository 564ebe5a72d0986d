import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../../../emulator/index.ts";
import { HEADER_ROUTING } from "./compiled.ts";

const CONFIGURATION = {
  expose: true,
  virtualServices: [
    {
      hosts: ["reviews"],
      http: [
        {
          name: "all",
          match: [
            { principals: ["a/ns/b/sa/c"] },
            { headers: { "@request.auth.claims.group": { exact: "x" } } },
            { port: 80 },
            { uri: { prefix: "/" } },
          ],
          headers: { request: { set: { a: "1" }, add: { b: "1" }, remove: ["c"] }, response: { set: { d: "1" } } },
          route: [
            { destination: { host: "reviews", subset: "v1" }, weight: 1 },
            { destination: { host: "reviews", subset: "v2" }, weight: 1 },
          ],
        },
      ],
    },
  ],
};

const HOST_CALLS = [
  "proxy_get_header_map_pairs",
  "proxy_replace_header_map_value",
  "proxy_add_header_map_value",
  "proxy_remove_header_map_value",
  "proxy_get_property",
  "proxy_set_property",
  "proxy_increment_metric",
  "proxy_log",
  "malloc",
];
const STATUSES = [
  Status.NotFound,
  Status.BadArgument,
  Status.InvalidMemoryAccess,
  Status.Empty,
  Status.InternalFailure,
];

for (const call of HOST_CALLS) {
  test(`no status of ${call} traps, and the request goes on`, () => {
    for (const status of STATUSES) {
      const { emulator, vm } = HEADER_ROUTING.load({ logLevel: "debug" });
      const root = HEADER_ROUTING.configured(vm, CONFIGURATION);
      emulator.fail(call, status);
      const stream = root.stream({ requestHeaders: { ":authority": "reviews", ":path": "/", "x-subset": "spoofed" } });
      assert.equal(stream.requestHeaders().action, "Continue");
      stream.responseHeaders({ ":status": "200" });
      stream.end();
      assert.equal(vm.failed, undefined);
    }
  });
}

test("where the headers cannot be read, the client's steering header does not stay", () => {
  const { emulator, vm } = HEADER_ROUTING.load();
  const root = HEADER_ROUTING.configured(vm, CONFIGURATION);
  emulator.fail("proxy_get_header_map_pairs", Status.InternalFailure);
  const stream = root.stream({ requestHeaders: { ":authority": "reviews", ":path": "/", "x-subset": "spoofed" } });
  const { headers } = stream.requestHeaders();
  assert.ok(headers.every(([name]) => name !== "x-subset"));
});

for (const call of ["proxy_get_buffer_bytes", "proxy_get_property", "proxy_define_metric", "proxy_get_log_level"]) {
  test(`no status of ${call} traps while configuring`, () => {
    for (const status of STATUSES) {
      const { emulator, vm } = HEADER_ROUTING.load();
      emulator.fail(call, status);
      const root = vm.createRoot({ configuration: JSON.stringify(CONFIGURATION) });
      assert.equal(vm.failed, undefined);
      assert.equal(root.accepted, call !== "proxy_get_buffer_bytes");
    }
  });
}
