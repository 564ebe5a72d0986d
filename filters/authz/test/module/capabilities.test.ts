import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator } from "../../../../emulator/index.ts";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { AUTHZ } from "./compiled.ts";
import { addExpressions } from "./plain/expressions.ts";

const PUBLISHED = publishedCapabilities(AUTHZ);

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(AUTHZ).sort());

  const emulator = new Emulator();
  addExpressions(emulator);
  const vm = emulator.loadSync(AUTHZ.module, { allowedCapabilities: PUBLISHED });
  const from = [{ source: { principals: ["td/ns/a/sa/b"] } }];
  const to = [{ operation: { methods: ["GET"] } }];
  const rules = [{ from, to, when: [{ expression: "true" }] }];
  const decisionLog = { allowed: { percentage: { value: 50 } } };
  const configuration = { direction: "INBOUND", decisionLog, policies: [{ name: "p", rules }] };
  const root = AUTHZ.configured(vm, configuration, { node: { metadata: { NAMESPACE: "default" } } });
  const ask = (method: string): string | undefined => {
    const connection = { uri_san_peer_certificate: "spiffe://td/ns/a/sa/b" };
    const requestHeaders = { ":method": method, ":path": "/", ":authority": "a" };
    const stream = root.stream({ requestHeaders, properties: { connection } });
    stream.requestHeaders();
    stream.end();
    return stream.localReply?.details;
  };
  assert.equal(ask("GET"), undefined);
  assert.equal(ask("PUT"), "rbac_access_denied_matched_policy[none]");
  assert.equal(emulator.metrics.counters.get("authz.allowed"), 1n);
});

test("without one of the capabilities no request is let through that was not decided about", () => {
  // Without its request headers' callback no filter is asked at all.
  for (const missing of PUBLISHED.filter((name) => name !== "proxy_on_request_headers")) {
    const vm = new Emulator().loadSync(AUTHZ.module, {
      allowedCapabilities: PUBLISHED.filter((name) => name !== missing),
    });
    const rules = [{ from: [{ source: { principals: ["*"] } }], to: [{ operation: { methods: ["GET"] } }] }];
    const configuration = JSON.stringify({ policies: [{ name: "p", action: "DENY", rules }] });
    const root = vm.createRoot({ configuration });
    if (root.accepted) {
      const connection = { mtls: true, uri_san_peer_certificate: "spiffe://td/ns/a/sa/b" };
      const stream = root.stream({ requestHeaders: { ":method": "GET", ":path": "/" }, properties: { connection } });
      assert.notEqual(stream.requestHeaders().action, "Continue", missing);
      stream.end();
    }
    assert.equal(vm.failed, undefined, missing);
  }
});

testModule(AUTHZ, ["proxy_on_request_headers", "proxy_on_tick"], 64);
