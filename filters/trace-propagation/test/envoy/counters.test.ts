/** Each counter, as Envoy shows it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cluster, Envoy, type HeaderLine } from "../../../../test/support/envoy/index.ts";
import { Service } from "./service.ts";
import { sidecar } from "./sidecar.ts";
import { counted, newTrace, seenOf, traceparent } from "./traces.ts";

const NAMES = [
  "extracted",
  "injected",
  "restarted.absent",
  "restarted.invalid",
  "joined",
  "joined_ambiguous",
  "joined_alone",
  "join_missed",
  "join_missed_torn",
  "conflicts",
  "tracestate_discarded",
  "baggage_discarded",
];
const B3: HeaderLine = ["b3", "80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1"];

let service: Service;
let envoy: Envoy;

before(async () => {
  service = await Service.start(({ headers }) => ({ headers }));
  envoy = await Envoy.start({
    clusters: [cluster("service", service.port)],
    listeners: sidecar({
      name: "reviews",
      configuration: { extract: ["w3c", "b3-single"], join: { keys: ["x-key"], whenAlone: true } },
      workload: "service",
      calls: "service",
    }),
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
});

/** What one request to a listener is counted as. */
async function countedFor(side: "inbound" | "outbound", ...headers: HeaderLine[]): Promise<Record<string, number>> {
  return await counted(envoy, async () => void (await seenOf(envoy.port(`reviews:${side}`), headers)));
}

test("all of them are there from the start, as counters behind wasmcustom", async () => {
  const shown = await envoy.admin.stats();
  for (const name of NAMES) assert.equal(shown.get(`wasmcustom.trace_propagation.${name}`), "0", name);
  const all = [...shown.keys()].filter((name) => name.includes("trace_propagation."));
  assert.equal(all.length, NAMES.length, all.join(" "));
  const types = (await envoy.admin.get("/stats/prometheus")).match(/^# TYPE \w*trace_propagation_\w+ counter$/gm);
  assert.equal(types?.length, NAMES.length);
});

test("a trace that goes on, in another format, in two that differ", async () => {
  assert.deepEqual(await countedFor("inbound", traceparent(newTrace())), { extracted: 1 });
  assert.deepEqual(await countedFor("inbound", B3), { extracted: 1, injected: 1 });
  assert.deepEqual(await countedFor("inbound", traceparent(newTrace()), B3), { extracted: 1, conflicts: 1 });
});

test("a trace that begins, as none came or what came is malformed", async () => {
  assert.deepEqual(await countedFor("inbound"), { "restarted.absent": 1, injected: 1 });
  assert.deepEqual(await countedFor("inbound", ["traceparent", "00-0-0-00"]), { "restarted.invalid": 1, injected: 1 });
  assert.deepEqual(await countedFor("outbound", ["b3", ""]), { "restarted.invalid": 1, injected: 1, join_missed: 1 });
});

test("tracestate and baggage that are malformed", async () => {
  const headers: HeaderLine[] = [traceparent(newTrace()), ["tracestate", "Congo"], ["baggage", "no value"]];
  assert.deepEqual(await countedFor("inbound", ...headers), {
    extracted: 1,
    tracestate_discarded: 1,
    baggage_discarded: 1,
  });
});

test("joins: missed, found, found several times, torn", async () => {
  const [key, trace]: [HeaderLine, string] = [["x-key", "a"], newTrace()];
  const joined = { joined: 1, injected: 1 };
  const missed = { "restarted.absent": 1, injected: 1 };
  assert.deepEqual(await countedFor("outbound", key), { ...missed, join_missed: 1 });
  assert.deepEqual(await countedFor("inbound", key, traceparent(trace)), { extracted: 1 });
  assert.deepEqual(await countedFor("outbound", key), joined);
  await countedFor("inbound", key, traceparent(trace));
  assert.deepEqual(await countedFor("outbound", key), { ...joined, joined_ambiguous: 1 });
  await countedFor("inbound", key, traceparent(newTrace()));
  assert.deepEqual(await countedFor("outbound", key), { ...missed, join_missed_torn: 1 });
});
