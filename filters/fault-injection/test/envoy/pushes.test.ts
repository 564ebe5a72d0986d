/** Configurations that are replaced while requests are held, also by one that was there before. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { CERTAIN, counted, delay, entry, FOR_GOOD, metric, plugin } from "./faults.ts";
import { Proxy } from "./proxy.ts";
import { Streams, tally, type Stream } from "./streams.ts";

const CONNECTIONS = 12;
const STREAMS = 20;
const PUSHES = 12;

/** Requests are held briefly, or for good; `name` is what both configurations differ in. */
function holding(name: string): JsonObject {
  const brief = { delay: { ...CERTAIN, distribution: { uniform: { min: "1ms", max: "60ms" } } } };
  return plugin([
    entry(`${name}-for-good`, delay(FOR_GOOD), { uri: { prefix: "/for-good" } }),
    entry(`${name}-later`, delay("400ms"), { uri: { prefix: "/later" } }),
    entry(name, brief),
  ]);
}

const A = holding("a");
const B = holding("b");

let proxy: Proxy;

before(async () => {
  proxy = await Proxy.start({ pushed: { configuration: A, pushed: true } });
});
after(async () => await proxy?.stop());

async function push(configuration: JsonObject): Promise<void> {
  const { accepted, log } = await proxy.envoy.push("pushed", configuration);
  assert.equal(accepted, true, log);
}

async function connect(): Promise<Streams[]> {
  const port = (index: number): number => proxy.port("pushed", index % 3 === 0 ? "http1" : "http2");
  return await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => Streams.connect(port(index))));
}

function sendAll(sessions: readonly Streams[], path: string): Stream[] {
  return sessions.flatMap((session) => Array.from({ length: STREAMS }, () => session.send({ ":path": path })));
}

/** Sends requests that are held for a while, and waits until they have come. */
async function sendLater(sessions: readonly Streams[]): Promise<Stream[]> {
  const before = await proxy.total("downstream_rq_total");
  const streams = sendAll(sessions, "/later");
  await until("all to have come", async () => (await proxy.total("downstream_rq_total")) === before + streams.length);
  return streams;
}

async function outcomes(streams: readonly Stream[]): Promise<Record<string, number>> {
  return tally(await Promise.all(streams.map(({ done }) => done)));
}

/** Sends requests on every connection, always as many at once, until `work` is done; some hang up with all that they have. */
async function underway(work: () => Promise<void>, hangUp: boolean): Promise<Stream[]> {
  let working = true;
  const sent: Stream[] = [];
  const client = async (index: number): Promise<void> => {
    const port = proxy.port("pushed", index % 3 === 0 ? "http1" : "http2");
    while (working) {
      const session = await Streams.connect(port);
      const streams = sendAll([session], "/");
      sent.push(...streams);
      if (hangUp && index % 2 === 0) await Promise.race(streams.map(({ done }) => done));
      else await Promise.all(streams.map(({ done }) => done));
      await new Promise((resolve) => setImmediate(resolve));
      session.close();
    }
  };
  const clients = Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => client(index)));
  await work();
  working = false;
  await clients;
  return sent;
}

async function replaceOften(): Promise<void> {
  for (let turn = 0; turn < PUSHES; turn++) await push(turn % 2 === 0 ? B : A);
}

test("replaced again and again, thousands of requests on their way: each is delayed by this or that, and answered once", async () => {
  const before = await proxy.total("downstream_rq_total");
  const rises = await counted(proxy.envoy, async () => {
    const sent = await underway(replaceOften, false);
    assert.deepEqual(Object.keys(await outcomes(sent)).sort(), ["200, a", "200, b"]);
    for (const { id } of sent) assert.equal(proxy.arrivals(id), 1);
    await proxy.verifyQuiet();
  });
  assert.equal(rises["delays_injected"], (await proxy.total("downstream_rq_total")) - before);
});

test("the same while clients hang up: whoever stays is answered", async () => {
  const before = await proxy.total("downstream_rq_total");
  const rises = await counted(proxy.envoy, async () => {
    const sent = await underway(replaceOften, true);
    const counts = await outcomes(sent);
    assert.deepEqual(Object.keys(counts).sort(), ["200, a", "200, b", "gone"]);
    await proxy.verifyQuiet();
  });
  assert.equal(rises["delays_injected"], (await proxy.total("downstream_rq_total")) - before);
});

test("who is held when another configuration comes is held on by the one before, and resumed", async () => {
  await push(A);
  const sessions = await connect();
  const held = await sendLater(sessions);
  await push(B);
  assert.deepEqual(await outcomes(sendAll(sessions, "/")), { "200, b": held.length });
  assert.deepEqual(await outcomes(held), { "200, a-later": held.length });
  for (const session of sessions) session.close();
  await proxy.verifyQuiet();
});

test("A, B and A again, some of each held for good: none is resumed, and all are gone with their clients", async () => {
  const groups: Streams[][] = [];
  const held: Stream[] = [];
  for (const configuration of [A, B, A, B]) {
    await push(configuration);
    const sessions = await connect();
    groups.push(sessions);
    held.push(...sendAll(sessions, "/for-good"));
    await proxy.held(held.length);
  }
  // Those of the first A go, while others of the same configuration stay.
  for (const session of groups[0]!) session.close();
  await proxy.held(held.length * 0.75);
  await push(A);
  const sessions = await connect();
  assert.deepEqual(await outcomes(sendAll(sessions, "/")), { "200, a": CONNECTIONS * STREAMS });
  assert.equal(await metric(proxy.envoy, "active_faults"), held.length * 0.75);
  for (const session of [...groups.flat(), ...sessions]) session.close();
  assert.deepEqual(await outcomes(held), { gone: held.length });
  for (const { id } of held) assert.equal(proxy.arrivals(id), 0);
  await proxy.verifyQuiet();
});

test("a configuration that is refused leaves held requests alone", async () => {
  await push(A);
  const sessions = await connect();
  const held = await sendLater(sessions);
  const { accepted } = await proxy.envoy.push("pushed", { ...B, unknown: true });
  assert.equal(accepted, false);
  assert.deepEqual(await outcomes(held), { "200, a-later": held.length });
  for (const session of sessions) session.close();
  assert.match(proxy.envoy.log(), /pushed: fault-injection: pluginConfig: unknown field "unknown"/);
});
