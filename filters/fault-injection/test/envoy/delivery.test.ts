/** What is held comes to the upstream whole: bodies of any size that come at any time, trailers, and thousands at once. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { Http1, until, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { ID, type Protocol } from "./delivery-upstream.ts";
import { counted, delay, delayedBy, EARLY_MS, entry, metric, plugin, selfControlled } from "./faults.ts";
import { Proxy } from "./proxy.ts";
import { nextId, Streams, tally } from "./streams.ts";

const PARTS = ["delayed", "alone"];
const PROTOCOLS: readonly Protocol[] = ["http1", "http2"];
const TRAILERS: JsonObject = { http_protocol_options: { enable_trailers: true } };

/** Beyond what Envoy keeps of a stream by itself, which is 1 MiB. */
const SIZE = 1_500_000;
const CHUNK = 50_000;
const DELAY_MS = 150;
const AT_ONCE = 5000;
const CONNECTIONS = 10;

let proxy: Proxy;

before(async () => {
  const part = { manager: TRAILERS };
  const configuration = plugin([entry("delayed", delay(`${DELAY_MS}ms`))]);
  proxy = await Proxy.start({
    delayed: { configuration, ...part },
    // What the headers are held with must hold the body too where Envoy lets a filter hold them alone.
    alone: { configuration, plugin: { allow_on_headers_stop_iteration: true }, ...part },
    said: { configuration: selfControlled(), ...part },
  });
});
after(async () => await proxy?.stop());

/** A body of `SIZE` bytes that no other request has, in chunks. */
function chunksOf(id: string): string[] {
  const line = `${id} `.padEnd(10, "-");
  return Array.from({ length: SIZE / CHUNK }, (_, index) => `${index}`.padEnd(50) + line.repeat(CHUNK / 10 - 5));
}

/** Asserts that a request came once, with that body and a trailer that says its checksum. */
function verifyDelivery(protocol: Protocol, id: string, chunks: readonly string[]): void {
  const sha256 = checksum(chunks);
  const upstream = proxy.upstreams[protocol];
  assert.equal(upstream.arrivals.get(id), 1);
  const { trailers, ...delivery } = upstream.deliveries.get(id)!;
  assert.deepEqual(delivery, { sha256, bytes: SIZE });
  assert.deepEqual(trailers, { "x-checksum": sha256 });
}

/** Asserts that a request was not let go by what came after its headers. */
function verifyDelay(start: number): void {
  const took = performance.now() - start;
  assert.ok(took >= DELAY_MS - EARLY_MS, `${took} ms`);
}

function checksum(chunks: readonly string[]): string {
  return createHash("sha256").update(chunks.join("")).digest("hex");
}

/** Lets whatever has come be dealt with. */
async function aMoment(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

/** When the second half of a body is sent. */
const WHEN: Readonly<Record<string, (protocol: Protocol, id: string) => Promise<void>>> = {
  "while the request is held": async () => {},
  "once it has gone on": async (protocol, id) => {
    await until("the request to come", () => proxy.upstreams[protocol].arrivals.has(id));
  },
};

/** Sends a chunk after the other. */
async function trickle(chunks: readonly string[], send: (chunk: string) => void): Promise<void> {
  for (const chunk of chunks) {
    send(chunk);
    await aMoment();
  }
}

for (const [when, pause] of Object.entries(WHEN)) {
  test(`HTTP/1.1: a body in chunks with trailers, half of it ${when}`, async () => {
    const one = async (part: string, protocol: Protocol): Promise<void> => {
      const connection = await Http1.connect(proxy.port(part, protocol));
      const id = nextId();
      const chunks = chunksOf(id);
      const send = (chunk: string): void => connection.send(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
      const head = `POST / HTTP/1.1\r\nhost: a\r\n${ID}: ${id}\r\ntransfer-encoding: chunked\r\ntrailer: x-checksum\r\n\r\n`;
      const start = performance.now();
      connection.send(head);
      await trickle(chunks.slice(0, chunks.length / 2), send);
      await pause(protocol, id);
      await trickle(chunks.slice(chunks.length / 2), send);
      connection.send(`0\r\nx-checksum: ${checksum(chunks)}\r\n\r\n`);
      assert.equal((await connection.answer()).body, id);
      verifyDelay(start);
      // The connection takes another request: nothing of the first is left on it.
      const next = nextId();
      assert.equal((await connection.request({ headers: [[ID, next]] })).body, next);
      connection.close();
      verifyDelivery(protocol, id, chunks);
    };
    await Promise.all(
      PARTS.flatMap((part) => PROTOCOLS.flatMap((protocol) => [one(part, protocol), one(part, protocol)])),
    );
    await proxy.verifyQuiet();
  });

  test(`HTTP/2: a body in frames with trailers, half of it ${when}`, async () => {
    const one = async (session: Streams, protocol: Protocol): Promise<void> => {
      const start = performance.now();
      const { id, stream, done } = session.send({ ":method": "POST" }, "with trailers");
      const chunks = chunksOf(id);
      stream.on("wantTrailers", () => stream.sendTrailers({ "x-checksum": checksum(chunks) }));
      const send = (chunk: string): void => void stream.write(chunk, "latin1");
      await trickle(chunks.slice(0, chunks.length / 2), send);
      await pause(protocol, id);
      await trickle(chunks.slice(chunks.length / 2), send);
      stream.end();
      assert.equal(await done, "200, delayed");
      verifyDelay(start);
      verifyDelivery(protocol, id, chunks);
    };
    for (const [part, protocol] of PARTS.flatMap((part) => PROTOCOLS.map((protocol) => [part, protocol] as const))) {
      const session = await Streams.connect(proxy.port(part, protocol));
      await Promise.all([one(session, protocol), one(session, protocol)]);
      session.close();
    }
    await proxy.verifyQuiet();
  });
}

test("gRPC: the upstream's trailers come back", async () => {
  const session = await Streams.connect(proxy.port("delayed", "http2"));
  const { id, stream } = session.send({ ":method": "POST", ":path": "/grpc", "content-type": "application/grpc" });
  const trailers = await new Promise((resolve) => stream.once("trailers", resolve));
  assert.equal((trailers as Record<string, string>)["grpc-status"], "0");
  session.close();
  assert.equal(proxy.arrivals(id), 1);
  await proxy.verifyQuiet();
});

test("5,000 requests are held at once, and each of them is answered once", async () => {
  // However slow the machine: where some were answered before the last one had come, all are held for longer.
  for (const milliseconds of [2000, 4000, 8000, 16000]) {
    const port = proxy.port("said", "http2");
    const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, () => Streams.connect(port)));
    let most = 0;
    const rises = await counted(proxy.envoy, async () => {
      const streams = Array.from({ length: AT_ONCE }, (_, index) =>
        sessions[index % CONNECTIONS]!.send(Object.fromEntries([delayedBy(milliseconds)])),
      );
      let left = AT_ONCE;
      for (const { done } of streams) void done.then(() => (left -= 1));
      await until("all to be answered", async () => {
        most = Math.max(most, await metric(proxy.envoy, "active_faults"));
        return left === 0;
      });
      const outcomes = await Promise.all(streams.map(({ done }) => done));
      assert.deepEqual(tally(outcomes), { "200, headerControl": AT_ONCE });
      for (const { id } of streams) assert.equal(proxy.arrivals(id), 1);
      await proxy.verifyQuiet();
    });
    for (const session of sessions) session.close();
    assert.equal(rises["delays_injected"], AT_ONCE);
    if (most === AT_ONCE) return;
  }
  assert.fail("never were all of them held at one time");
});
