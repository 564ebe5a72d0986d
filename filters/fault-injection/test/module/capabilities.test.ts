import assert from "node:assert/strict";
import { test } from "node:test";
import { Emulator, type Root, type Vm } from "../../../../emulator/index.ts";
import { publishedCapabilities, testModule, usedCapabilities } from "../../../../test/support/module/capabilities.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { isHeld } from "./held.ts";
import { ALWAYS, GET } from "./scenario.ts";

const PUBLISHED = publishedCapabilities(FAULT_INJECTION);

/** Each kind of fault, the caps and whatever else asks something of the host. */
const CONFIGURATION = {
  direction: "INBOUND",
  maxActiveFaults: 10,
  budget: { maxPercent: 100 },
  window: { from: "2020-01-01T00:00:00Z" },
  headerControl: { principals: ["td/ns/chaos/*"] },
  virtualServices: [
    {
      hosts: ["*"],
      http: [
        { name: "none", match: [{ uri: { prefix: "/none" } }] },
        {
          name: "delay",
          match: [{ uri: { prefix: "/delay" } }],
          fault: { delay: { ...ALWAYS, fixedDelay: "1s" } },
        },
        { name: "abort", fault: { abort: { ...ALWAYS, httpStatus: 503 } } },
      ],
    },
  ],
};

function start(allowedCapabilities: readonly string[]): { vm: Vm; root: Root } {
  const vm = new Emulator().loadSync(FAULT_INJECTION.module, { allowedCapabilities });
  return { vm, root: vm.createRoot({ configuration: JSON.stringify(CONFIGURATION) }) };
}

/** Whether a request is held, until the root's timer and its tick have done what they can. */
function staysHeld(root: Root, path: string): boolean {
  const stream = root.stream({ requestHeaders: { ...GET, ":path": path } });
  stream.requestHeaders();
  root.vm.emulator.clock.advance(2000);
  if (root.tickPeriod > 0) root.tick();
  const held = isHeld(stream);
  stream.end();
  return held;
}

test("the published capabilities are those of the module, and with them alone it works", () => {
  assert.deepEqual([...PUBLISHED].sort(), usedCapabilities(FAULT_INJECTION).sort());

  const { vm, root } = start(PUBLISHED);
  const stream = root.stream({ requestHeaders: { ...GET, ":path": "/delay" } });
  assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark");
  vm.emulator.clock.advance(root.tickPeriod);
  root.tick();
  assert.equal(stream.requestPaused, false);
  assert.deepEqual(stream.responseHeaders({ ":status": "200" }).headers.at(-1), ["x-fault-injected", "delay"]);
  stream.end();
  const aborted = root.stream({ requestHeaders: GET });
  aborted.requestHeaders();
  assert.equal(aborted.localReply?.status, 503);
  aborted.end();
  assert.equal(vm.emulator.metrics.gauges.get("fault_injection.active_faults"), 0n);
});

/** What it takes to let a request go on that is held. */
const TO_RESUME = ["proxy_continue_stream", "proxy_on_tick", "proxy_set_effective_context"];

test("without one of the capabilities no request is held for good, but without those that resume one", () => {
  for (const missing of PUBLISHED) {
    const { vm, root } = start(PUBLISHED.filter((name) => name !== missing));
    if (root.accepted) {
      assert.equal(staysHeld(root, "/none"), false, missing);
      assert.equal(staysHeld(root, "/abort"), false, missing);
      assert.equal(staysHeld(root, "/delay"), TO_RESUME.includes(missing), missing);
    }
    assert.equal(vm.failed, undefined, missing);
  }
});

testModule(
  FAULT_INJECTION,
  ["proxy_on_request_headers", "proxy_on_response_headers", "proxy_on_tick", "proxy_on_delete"],
  64,
);
