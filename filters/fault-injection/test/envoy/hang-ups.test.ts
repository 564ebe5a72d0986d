/** Clients that go in the middle of a delay, thousands of them, on several workers. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Http1, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { ID } from "./delivery-upstream.ts";
import { counted, delay, delayedBy, entry, FOR_GOOD, plugin, selfControlled } from "./faults.ts";
import { Proxy } from "./proxy.ts";
import { nextId, Streams, tally, type Stream } from "./streams.ts";

const CONNECTIONS = 30;
const STREAMS = 60;
const HOUR_MS = 3_600_000;

let proxy: Proxy;

before(async () => {
  const forGood: JsonObject = plugin([entry("held", delay(FOR_GOOD))]);
  proxy = await Proxy.start({ "for-good": { configuration: forGood }, brief: { configuration: selfControlled() } });
});
after(async () => await proxy?.stop());

/** Connections with so many streams each. */
async function streamsOn(port: number, connections: number): Promise<Streams[]> {
  return await Promise.all(Array.from({ length: connections }, () => Streams.connect(port)));
}

test("held for good: HTTP/2 streams that are reset, connections that break off, HTTP/1: none goes on", async () => {
  const plain = await Promise.all(
    Array.from({ length: 10 * CONNECTIONS }, () => Http1.connect(proxy.port("for-good", "http2"))),
  );
  const sessions = await streamsOn(proxy.port("for-good"), CONNECTIONS);
  const requests = plain.length + CONNECTIONS * STREAMS;

  const rises = await counted(proxy.envoy, async () => {
    for (const connection of plain) connection.send(`GET / HTTP/1.1\r\nhost: a\r\n${ID}: ${nextId()}\r\n\r\n`);
    const streams = sessions.flatMap((session) => Array.from({ length: STREAMS }, () => session.send()));
    await proxy.held(requests);
    for (const { stream } of streams.filter((_, index) => index % 2 === 0)) stream.close();
    await proxy.held(plain.length + (CONNECTIONS * STREAMS) / 2);
    for (const session of sessions) session.close();
    await proxy.held(plain.length);
    for (const connection of plain) connection.close();
    assert.deepEqual(tally(await Promise.all(streams.map(({ done }) => done))), { gone: CONNECTIONS * STREAMS });
    await proxy.verifyQuiet();
  });

  assert.deepEqual(rises, { delays_injected: requests, "route.held.delays_injected": requests });
  assert.equal(proxy.upstreams.http1.arrivals.size + proxy.upstreams.http2.arrivals.size, 0);
});

/** Sends a connection's streams with delays of 1 ms and more, and gives up all that are left once some have their answer. */
async function race(
  port: number,
  answers: number,
  giveUp: (session: Streams, left: Stream[]) => void,
): Promise<Stream[]> {
  const session = await Streams.connect(port);
  const streams = Array.from({ length: STREAMS }, (_, index) =>
    session.send(Object.fromEntries([delayedBy(1 + ((index * 7) % STREAMS))])),
  );
  let answered = 0;
  const left = new Set(streams);
  for (const one of streams) {
    void one.done.then(() => {
      left.delete(one);
      answered += 1;
      // Node corrupts its memory where a session is destroyed in the middle of what it has just received.
      if (answered === answers) setImmediate(() => giveUp(session, [...left]));
    });
  }
  await Promise.all(streams.map(({ done }) => done));
  session.close();
  return streams;
}

test("held briefly: whoever goes just as its delay ends or before is not answered, whoever stays is, all of them once", async () => {
  const before = await proxy.total("downstream_rq_total");
  const rises = await counted(proxy.envoy, async () => {
    const races = Array.from({ length: 2 * CONNECTIONS }, (_, index) => {
      const port = proxy.port("brief", index % 3 === 0 ? "http1" : "http2");
      return race(port, 1 + index, (session, left) => {
        if (index % 2 === 0) session.close();
        else for (const { stream } of left) stream.close();
      });
    });
    const streams = (await Promise.all(races)).flat();
    await proxy.verifyQuiet();

    const outcomes = await Promise.all(streams.map(({ done }) => done));
    const counts = tally(outcomes);
    assert.deepEqual(Object.keys(counts).sort(), ["200, headerControl", "gone"]);
    // Each connection was given up as soon as it had so many answers; some more may have been on their way.
    assert.ok(counts["200, headerControl"]! >= CONNECTIONS * (2 * CONNECTIONS + 1), JSON.stringify(counts));
    for (const [index, { id }] of streams.entries()) {
      if (outcomes[index] !== "gone") assert.equal(proxy.arrivals(id), 1);
    }
  });
  assert.equal(rises["delays_injected"], (await proxy.total("downstream_rq_total")) - before);
});

test("HTTP/1: each connection is closed as soon as the one before has its answer", async () => {
  const rises = await counted(proxy.envoy, async () => {
    const connections = await Promise.all(
      Array.from({ length: 10 * CONNECTIONS }, () => Http1.connect(proxy.port("brief"))),
    );
    const ids = connections.map(() => nextId());
    const done = connections.map(async (connection, index) => {
      const headers = [[ID, ids[index]!], delayedBy(index % 4 === 3 ? HOUR_MS : 1 + (index % 40))] as const;
      const { body } = await connection.request({ headers });
      assert.equal(body, ids[index]);
      if (index % 2 === 0) connections[index + 1]?.close();
    });
    const settled = await Promise.allSettled(done);
    for (const connection of connections) connection.close();
    await proxy.verifyQuiet();
    for (const [index, { status }] of settled.entries()) {
      if (index % 2 === 0) assert.equal(status, "fulfilled");
      if (index % 4 === 3) assert.equal(status, "rejected");
      if (status === "fulfilled") assert.equal(proxy.arrivals(ids[index]!), 1);
    }
  });
  assert.equal(rises["delays_injected"], 10 * CONNECTIONS);
});
