import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator, type Root, type Vm } from "../../../../emulator/index.ts";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { OTHER_TRACE, SPAN, Sent, TRACE, requestHeaders, traceparent } from "./scenario.ts";

const PUBLISHED = publishedCapabilities(TRACE_PROPAGATION);

/** Whatever asks something of the host. */
const CONFIGURATION = {
  ...{ extract: ["w3c", "b3"], foreign: "remove", join: { whenAlone: true } },
  sampling: { rateLimiting: { maxTracesPerSecond: 5 } },
};

const CAME = { "x-request-id": "9f4c", traceparent: traceparent(), "x-b3-sampled": "1" };
const OTHER = { "x-request-id": "9f4c", traceparent: traceparent(OTHER_TRACE) };

function start(allowedCapabilities: readonly string[]): { vm: Vm; root: Root } {
  const vm = new Emulator().loadSync(TRACE_PROPAGATION.module, { allowedCapabilities });
  return { vm, root: vm.createRoot({ configuration: JSON.stringify(CONFIGURATION) }) };
}

function send(root: Root, direction: "inbound" | "outbound", headers: Record<string, string>): Sent {
  return Sent.through(root, direction, requestHeaders(headers));
}

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(TRACE_PROPAGATION).sort());

  const { vm, root } = start(PUBLISHED);
  const served = send(root, "inbound", CAME);
  assert.equal(served.get("x-b3-sampled"), undefined);
  assert.equal(send(root, "outbound", { "x-request-id": "9f4c" }).get("traceparent"), traceparent(TRACE, SPAN));
  assert.equal(send(root, "outbound", {}).trace, TRACE);
  served.end();
  assert.notEqual(send(root, "outbound", {}).trace, TRACE);
  assert.equal(vm.emulator.metrics.counters.get("trace_propagation.joined_alone"), 1n);
});

test("without one of them requests go on, and none in the trace of another", () => {
  for (const missing of PUBLISHED) {
    const { vm, root } = start(PUBLISHED.filter((name) => name !== missing));
    if (!root.accepted) continue;
    const [first, second] = [send(root, "inbound", CAME), send(root, "inbound", OTHER)];
    assert.deepEqual([first.trace, second.trace], [TRACE, OTHER_TRACE], missing);
    for (const headers of [{ "x-request-id": "9f4c" }, {}] as Record<string, string>[]) {
      const { trace } = send(root, "outbound", headers).end();
      assert.ok(![TRACE, OTHER_TRACE].includes(trace ?? ""), `${missing}: ${trace}`);
    }
    for (const sent of [first, second]) sent.end();
    assert.equal(vm.failed, undefined, missing);
  }
});

testModule(
  TRACE_PROPAGATION,
  ["proxy_on_request_headers", "proxy_on_log", "proxy_on_tick", "proxy_on_http_call_response", "proxy_on_done"],
  87,
);
