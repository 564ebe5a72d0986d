/** Listeners and proxies that go while requests are held. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Http1, until, valuesOf, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { ID } from "./delivery-upstream.ts";
import { CERTAIN, delay, entry, FOR_GOOD, outcome, plugin } from "./faults.ts";
import { Proxy, type Part } from "./proxy.ts";
import { nextId, Streams, tally, type Stream } from "./streams.ts";

const CONNECTIONS = 20;
const STREAMS = 50;
const REQUESTS = CONNECTIONS * STREAMS;

const CONFIGURATION: JsonObject = plugin([
  entry("held", delay(FOR_GOOD), { uri: { prefix: "/for-good" } }),
  entry("brief", { delay: { ...CERTAIN, distribution: { uniform: { min: "1ms", max: "400ms" } } } }),
]);

async function withProxy(work: (proxy: Proxy) => Promise<void>, part: Partial<Part> = {}): Promise<void> {
  const proxy = await Proxy.start({ part: { configuration: CONFIGURATION, ...part } }, { drainSeconds: 1 });
  try {
    await work(proxy);
  } finally {
    await proxy.stop();
  }
}

/** Requests on so many connections, of which half are held for good; all of them have come. */
async function send(proxy: Proxy): Promise<Record<"held" | "brief", Stream[]>> {
  const port = (index: number): number => proxy.port("part", index % 2 === 0 ? "http1" : "http2");
  const sessions = await Promise.all(Array.from({ length: CONNECTIONS }, (_, index) => Streams.connect(port(index))));
  const all = (path: string): Stream[] =>
    sessions.flatMap((session) => Array.from({ length: STREAMS / 2 }, () => session.send({ ":path": path })));
  const before = await proxy.total("downstream_rq_total");
  const streams = { held: all("/for-good"), brief: all("/") };
  await until("all to have come", async () => (await proxy.total("downstream_rq_total")) === before + REQUESTS);
  return streams;
}

async function outcomes(streams: readonly Stream[]): Promise<string[]> {
  return await Promise.all(streams.map(({ done }) => done));
}

test("listeners that are removed: what is held goes on until their time is up, and is broken off then", async () => {
  await withProxy(
    async (proxy) => {
      const { held, brief } = await send(proxy);
      await proxy.envoy.replaceListeners([]);
      assert.deepEqual(tally(await outcomes(held)), { gone: REQUESTS / 2 });
      for (const { id } of held) assert.equal(proxy.arrivals(id), 0);
      const given = await outcomes(brief);
      for (const [index, one] of given.entries()) {
        // A slow machine may not get so far with all of them.
        assert.match(one, /^(200, brief|gone|200, brief, broken off)$/);
        if (one === "200, brief") assert.equal(proxy.arrivals(brief[index]!.id), 1);
      }
      assert.ok(given.includes("200, brief"));
      await until("the listeners to be gone", async () => {
        const stats = await proxy.envoy.admin.stats();
        return stats.get("listener_manager.total_listeners_draining") === "0";
      });
      await proxy.verifyQuiet();
    },
    { listenersDiscovered: true },
  );
});

test("a drain by the admin page: what is held is answered, and HTTP/1 connections end after that", async () => {
  await withProxy(async (proxy) => {
    const connections = await Promise.all(Array.from({ length: 20 }, () => Http1.connect(proxy.port("part"))));
    const request = async (connection: Http1): Promise<boolean> => {
      const id = nextId();
      const answer = await connection.request({ headers: [[ID, id]] });
      assert.equal(`${outcome(answer)}, ${answer.body}`, `200, brief, ${id}`);
      return valuesOf(answer.headers, "connection").includes("close");
    };
    const { held, brief } = await send(proxy);
    const underway = connections.map(request);
    await proxy.envoy.admin.get("/healthcheck/fail", "POST");
    await proxy.envoy.admin.get("/drain_listeners?graceful&skip_exit", "POST");
    assert.deepEqual(tally(await outcomes(brief)), { "200, brief": REQUESTS / 2 });
    const closed = await Promise.all(underway);
    // Those that were answered before the drain began end with their next request.
    for (const [index, connection] of connections.entries()) assert.ok(closed[index] || (await request(connection)));
    for (const { stream } of held) stream.close();
    assert.deepEqual(tally(await outcomes(held)), { gone: REQUESTS / 2 });
    for (const { id } of brief) assert.equal(proxy.arrivals(id), 1);
    await proxy.verifyQuiet();
  });
});

test("a proxy that is shut down breaks off what is held, and ends well", async () => {
  await withProxy(async (proxy) => {
    const { held, brief } = await send(proxy);
    await proxy.envoy.admin.get("/quitquitquit", "POST");
    await until("Envoy to end", () => proxy.envoy.ended());
    assert.deepEqual(tally(await outcomes(held)), { gone: REQUESTS / 2 });
    for (const { id } of held) assert.equal(proxy.arrivals(id), 0);
    await outcomes(brief);
    for (const { id } of brief) assert.ok(proxy.arrivals(id) <= 1);
    assert.doesNotMatch(proxy.envoy.log(), /wasm|Caught|assert/i);
  });
});
