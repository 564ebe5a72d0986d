import assert from "node:assert/strict";
import { test } from "node:test";
import type { Emulator, Pair, Root } from "../../../../emulator/index.ts";
import { MANY, assertFlat } from "../../../../test/support/module/memory.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { SPAN, Sent, requestHeaders, traceparent } from "./scenario.ts";

/** The places of a group, and the most bytes of one: `Limits` in the README. */
const PLACES = 4096;
const PLACE_BYTES = 4096;
/** Over a hundred for each place, which has room for fewer than that. */
const KEYS = 500_000;

/** A configuration that makes use of everything; `n` makes it another one. */
function everything(n: number): object {
  return {
    extract: ["w3c", "b3", "b3-single", "jaeger", "datadog", "xray", "cloud-trace"],
    inject: ["cloud-trace", "xray", "datadog", "jaeger", "b3-single", "b3", "w3c"],
    participate: true,
    join: { keys: ["x-request-id", "x-correlation-id"], lifetime: "1s", whenAlone: true },
    sampling: {
      randomSamplingPercentage: 50,
      rules: Array.from({ length: 20 }, (_, index) => ({
        match: [{ headers: { "x-never": { exact: `${n}-${index}` } } }, { uri: { regex: `/never-${index}.*(a|b)+` } }],
        randomSamplingPercentage: 1,
      })),
    },
  };
}

/** What comes in, in one format or the other, and what is sent for it, by its key or by nothing. */
function requestsOf(index: number): { inbound: Pair[]; outbound: Pair[] } {
  const trace = (0x1000_0000 + index).toString(16).padStart(32, "a");
  const contexts: Record<string, string>[] = [
    { traceparent: traceparent(trace), tracestate: `congo=${index},ot=th:8`, baggage: "a=b" },
    { b3: `${trace}-${SPAN}-1` },
    { "uber-trace-id": `${trace}:${SPAN}:0:1`, traceparent: "broken" },
    { "x-datadog-trace-id": String(index + 1), "x-datadog-parent-id": "7", "x-datadog-tags": "_dd.p.dm=-1" },
    { "x-amzn-trace-id": `Root=1-5759e988-${trace.slice(8)};Sampled=1;Own=1` },
    {},
  ];
  const keys = { "x-request-id": `request ${index}`, "x-correlation-id": `${index % 5000}` };
  return {
    inbound: requestHeaders({ ...keys, ...contexts[index % contexts.length] }),
    outbound: requestHeaders(index % 3 === 0 ? {} : { "x-request-id": keys["x-request-id"] }),
  };
}

/** A request comes, is answered with the help of another one, and ends; time passes. */
function serve(root: Root, index: number): void {
  const { inbound, outbound } = requestsOf(index);
  const served = Sent.through(root, "inbound", inbound);
  const asked = Sent.through(root, "outbound", outbound);
  assert.equal(asked.trace, served.trace);
  asked.end();
  served.end();
  root.vm.emulator.clock.advance(0.1);
}

function bytesOf({ sharedData }: Emulator): { keys: number; bytes: number; largest: number } {
  const sizes = sharedData.keys("").map((key) => sharedData.get("", key)?.value.length ?? 0);
  return { keys: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0), largest: Math.max(...sizes) };
}

test(`memory is flat over ${MANY} requests, half of them joined to the other half, and shared data is bounded`, () => {
  const { emulator, vm } = TRACE_PROPAGATION.load({ record: false });
  const root = TRACE_PROPAGATION.configured(vm, everything(0));
  assertFlat(vm, { settle: 25_000, then: MANY / 2 }, (index) => serve(root, index));
  const { counters } = emulator.metrics;
  const joined =
    (counters.get("trace_propagation.joined") ?? 0n) + (counters.get("trace_propagation.joined_alone") ?? 0n);
  assert.equal(Number(joined), 25_000 + MANY / 2);
  const { keys, largest } = bytesOf(emulator);
  // Beside the places there is the count of what is in flight.
  assert.equal(keys, PLACES + 1);
  assert.ok(largest <= PLACE_BYTES, `${largest} bytes`);
});

test(`${KEYS} keys that all count at once: what does not fit is given up, and shared data stays within its bound`, () => {
  const { emulator, vm } = TRACE_PROPAGATION.load({ record: false });
  const root = TRACE_PROPAGATION.configured(vm, { direction: "INBOUND", join: { lifetime: "1h" } });
  const fill = (index: number): void => {
    const headers = requestHeaders({ "x-request-id": `request ${index}`, traceparent: traceparent() });
    Sent.through(root, "inbound", headers).end();
  };
  assertFlat(vm, { settle: 0.2 * KEYS, then: 0.8 * KEYS }, fill);
  const { keys, bytes, largest } = bytesOf(emulator);
  assert.equal(keys, PLACES);
  assert.ok(largest <= PLACE_BYTES, `${largest} bytes`);
  // Were there little, nothing would have been given up.
  assert.ok(bytes > 0.9 * PLACES * PLACE_BYTES && bytes <= PLACES * PLACE_BYTES, `${bytes} bytes`);
});

test("memory is flat over a thousand pushes, each while requests of the one before are in flight", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load({ record: false });
  let root = TRACE_PROPAGATION.configured(vm, everything(0));
  let flying: Sent[] = [];
  assertFlat(vm, { settle: 200, then: 1000 }, (index) => {
    const before = flying;
    flying = Array.from({ length: 10 }, (_, n) => Sent.through(root, "inbound", requestsOf(index * 10 + n).inbound));
    for (const sent of before) sent.end();
    const next = TRACE_PROPAGATION.configured(vm, everything(index + 1));
    root.delete();
    root = next;
  });
  for (const sent of flying) sent.end();
  assert.equal(bytesOf(emulator).keys, PLACES + 1);
  serve(root, 1_000_000);
});

test("memory is flat over a thousand refused configurations, of which nothing is left in shared data", () => {
  const { emulator, vm } = TRACE_PROPAGATION.load({ record: false });
  assertFlat(vm, { settle: 20, then: 1000 }, (index) => {
    const join = { group: `group ${index}`, whenAlone: true };
    const root = vm.createRoot({ configuration: JSON.stringify({ ...everything(index), join, joins: {} }) });
    assert.equal(root.accepted, false);
    root.delete();
    emulator.logs.length = 0;
  });
  assert.equal(bytesOf(emulator).keys, 0);
});
