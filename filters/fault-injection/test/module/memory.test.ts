import assert from "node:assert/strict";
import { test } from "node:test";
import type { Root, Stream, Vm } from "../../../../emulator/index.ts";
import { MANY, assertFlat } from "../../../../test/support/module/memory.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { isHeld } from "./held.ts";

const HEADERS = {
  ":authority": "ratings.default:9080",
  ":path": "/ratings/7?v=2",
  ":method": "GET",
  ":scheme": "http",
  "user-agent": "test",
  "x-request-id": "5a2f2b7e-6f0e-4b6c-8c2e-1d2c3b4a5f60",
  cookie: ["a=b", "session=abc"],
};
const ALL = { percentage: { value: 100 } };

/** A configuration that makes use of everything; `n` makes it another one. */
function everything(n: number): object {
  const http = Array.from({ length: 20 }, (_, index) => ({
    name: `entry-${index}`,
    match: [{ headers: { "x-never": { exact: `${n}-${index}` } } }, { uri: { regex: `/never-${index}.*(a|b)+` } }],
    fault: {
      delay: { ...ALL, distribution: { pareto: { scale: "1ms", shape: 1, max: "10s" } } },
      abort: { ...ALL, grpcStatus: "INTERNAL", body: `body ${n}`, headers: { a: `${n}` }, on: "response" },
      window: { from: "2020-01-01T00:00:00Z" },
      consistentBy: index % 2 === 0 ? { header: `x-user-${n}` } : "traceId",
    },
  }));
  const delay = { ...ALL, distribution: { exponential: { mean: "500ms", max: "1s" } } };
  const last = {
    name: "last",
    match: [{ uri: { prefix: "/ratings" } }],
    fault: {
      delay,
      abort: { percentage: { value: 30 }, httpStatus: 503, body: "no" },
      consistentBy: { header: "x-user" },
    },
  };
  const failing = {
    name: "failing",
    fault: { abort: { ...ALL, httpStatus: 500, on: n % 2 === 0 ? "request" : "response" } },
  };
  return {
    maxActiveFaults: 1_000_000,
    budget: { maxPercent: 100 },
    exempt: [{ headers: { "x-exempt": { exact: `${n}` } } }],
    headerControl: { principals: ["td/ns/chaos/*"] },
    virtualServices: [{ hosts: ["ratings"], http: [...http, last, failing] }],
  };
}

/** Every held request of the streams goes on, or is answered, when its time has come; then all of them end. */
function finish(root: Root, streams: Stream[]): void {
  const { clock } = root.vm.emulator;
  while (root.tickPeriod > 0) {
    clock.advance(root.tickPeriod + 20);
    root.tick();
  }
  for (const stream of streams) {
    if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
    stream.end();
  }
  streams.length = 0;
}

function activeFaults(vm: Vm): bigint | undefined {
  return vm.emulator.metrics.gauges.get("fault_injection.active_faults");
}

test(`memory is flat over ${MANY} requests with faults, held ones and those among them that hang up`, () => {
  const { emulator, vm } = FAULT_INJECTION.load({ record: false });
  const root = FAULT_INJECTION.configured(vm, everything(0));
  const failing = { ...HEADERS, ":path": "/other" };
  const streams: Stream[] = [];
  assertFlat(vm, { settle: 5_000, then: MANY }, (index) => {
    const stream = root.stream({ requestHeaders: index % 3 === 0 ? failing : HEADERS });
    stream.requestHeaders();
    if (index % 10 === 0) stream.end();
    else streams.push(stream);
    if (streams.length === 1000) finish(root, streams);
  });
  finish(root, streams);
  assert.equal(activeFaults(vm), 0n);
  const { counters } = emulator.metrics;
  assert.ok(Number(counters.get("fault_injection.delays_injected")) > 0.6 * MANY);
  assert.ok(Number(counters.get("fault_injection.aborts_injected")) > 0.4 * MANY);
});

test("memory is flat over a thousand pushes, each while requests of the one before are held", () => {
  const { vm } = FAULT_INJECTION.load({ record: false });
  let root = FAULT_INJECTION.configured(vm, everything(0));
  const streams: Stream[] = [];
  assertFlat(vm, { settle: 200, then: 1000 }, (index) => {
    for (let count = 0; count < 10; count++) {
      const stream = root.stream({ requestHeaders: HEADERS });
      stream.requestHeaders();
      streams.push(stream);
    }
    assert.ok(streams.some(isHeld));
    const next = FAULT_INJECTION.configured(vm, everything(index + 1));
    root.delete();
    finish(root, streams);
    root = next;
  });
  assert.equal(activeFaults(vm), 0n);
});

test("memory is flat over a thousand refused configurations", () => {
  const { vm } = FAULT_INJECTION.load({ record: false });
  const wrong = JSON.stringify(everything(1)).replace('"match"', '"mach"');
  assertFlat(vm, { settle: 20, then: 1000 }, () => {
    const root = vm.createRoot({ configuration: wrong });
    assert.equal(root.accepted, false);
    root.delete();
    vm.emulator.logs.length = 0;
  });
});
