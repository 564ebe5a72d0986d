import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FeatureListeners, Http2, until, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { abort, counted, delay, entry, feature, FOR_GOOD, METADATA, metric, OUTBOUND, plugin } from "./faults.ts";

const HTTP: readonly JsonObject[] = [
  entry("slow", delay("1ms"), { uri: { prefix: "/slow" } }),
  entry("failing", abort(503), { uri: { prefix: "/failing" } }),
  entry("both", { ...delay("1ms"), ...abort(503) }, { uri: { prefix: "/both" } }),
  entry("later", abort(503, { on: "response" }), { uri: { prefix: "/later" } }),
  entry("held", delay(FOR_GOOD), { uri: { prefix: "/held" } }),
];

let listeners: FeatureListeners;

before(async () => {
  listeners = await FeatureListeners.start(
    "fault-injection",
    { inbound: feature(plugin(HTTP)), outbound: feature(plugin(HTTP), {}, OUTBOUND) },
    { metadata: METADATA },
  );
});
after(async () => await listeners?.stop());

/** What is counted while requests for these paths are sent, one after the other, to this listener and that. */
async function countedFor(...paths: string[]): Promise<Record<string, number>> {
  return await counted(listeners.envoy, async () => {
    for (const [index, path] of paths.entries()) {
      await listeners.send(index % 2 === 0 ? "inbound" : "outbound", { path });
    }
    // A stream ends a moment after its answer.
    await until("the last stream to end", async () => (await metric(listeners.envoy, "active_faults")) === 0);
  });
}

test("delays and aborts are counted, in all and by entry; what meets no fault is not", async () => {
  assert.deepEqual(await countedFor("/slow", "/slow", "/failing", "/other", "/"), {
    delays_injected: 2,
    aborts_injected: 1,
    "route.slow.delays_injected": 2,
    "route.failing.aborts_injected": 1,
  });
});

test("a request that is delayed and aborted is both", async () => {
  assert.deepEqual(await countedFor("/both", "/both", "/both"), {
    delays_injected: 3,
    aborts_injected: 3,
    "route.both.delays_injected": 3,
    "route.both.aborts_injected": 3,
  });
});

test("an abort of the response is an abort", async () => {
  assert.deepEqual(await countedFor("/later"), { aborts_injected: 1, "route.later.aborts_injected": 1 });
});

test("active_faults is how many are held now, on all workers and listeners", async () => {
  const { envoy } = listeners;
  const names = ["inbound", "outbound", "inbound", "outbound", "inbound", "outbound"];
  const clients = await Promise.all(names.map((name) => Http2.connect(envoy.port(name))));
  for (const client of clients) {
    for (let stream = 0; stream < 5; stream++) client.request({ ":path": "/held" }).catch(() => undefined);
  }
  await until("all to be held", async () => (await metric(envoy, "active_faults")) === 30);
  for (const client of clients.splice(0, 4)) client.close();
  await until("those that hung up to be gone", async () => (await metric(envoy, "active_faults")) === 10);
  for (const client of clients) client.close();
  await until("all to be gone", async () => (await metric(envoy, "active_faults")) === 0);
});

test("what never happens has its counters all the same", async () => {
  const stats = await listeners.envoy.admin.stats();
  const own = ["faults_overflow", "faults_over_budget", "faults_exempted", "route.held.aborts_injected"];
  for (const name of own) assert.equal(stats.get(`wasmcustom.fault_injection.${name}`), "0", name);
});
