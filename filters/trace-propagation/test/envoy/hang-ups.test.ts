/** Clients that hang up, and upstreams that break off: `join.whenAlone` counts none of them any more. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  Envoy,
  fetchOnce,
  Http1,
  Http2,
  until,
  type HeaderLine,
  type JsonObject,
} from "../../../../test/support/envoy/index.ts";
import { Gate, RESET, Service } from "./service.ts";
import { roomy, sidecar } from "./sidecar.ts";
import { counted, newSpan, newTrace, parentIn, traceparent } from "./traces.ts";

const WORKERS = 4;
const CLIENTS = 100;
const STREAMS = 10;
const ALONE: JsonObject = { join: { keys: ["x-key"], whenAlone: true } };

const gate = new Gate();
let service: Service;
let envoy: Envoy;

before(async () => {
  service = await Service.start(async ({ path, headers }) => {
    if (path === "/reset") return RESET;
    if (path.startsWith("/held/")) await gate.pass(path);
    return headers;
  });
  envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [roomy("service", service.port)],
    listeners: sidecar({ name: "sidecar", configuration: ALONE, workload: "service", calls: "service" }),
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
});

function inboundPort(): number {
  return envoy.port("sidecar:inbound");
}

/** Waits until so many inbound requests are in flight. */
async function inFlight(count: number): Promise<void> {
  const active = async (): Promise<number> => await envoy.stat("http.sidecar_inbound.downstream_rq_active");
  await until(`${count} in flight`, async () => (await active()) === count);
}

/** The trace of an outbound request that has no key of any other. */
async function call(): Promise<string> {
  const { body } = await fetchOnce(envoy.port("sidecar:outbound"));
  return parentIn(JSON.parse(body) as HeaderLine[]).trace;
}

/** Asserts that none is counted as in flight: a call joins nothing, and with one more inbound request it joins that. */
async function isNobodyLeft(): Promise<void> {
  await inFlight(0);
  const missed = await counted(envoy, async () => void (await call()));
  assert.deepEqual(missed, { join_missed: 1, "restarted.absent": 1, injected: 1 });
  const [trace, path] = [newTrace(), `/held/${newSpan()}`];
  const held = fetchOnce(inboundPort(), { path, headers: [traceparent(trace)] });
  await until("it to come", () => gate.has(path));
  const joined = await counted(envoy, async () => assert.equal(await call(), trace));
  assert.deepEqual(joined, { joined_alone: 1, injected: 1 });
  gate.open(path);
  assert.equal((await held).status, 200);
  await inFlight(0);
}

function times<T>(count: number, make: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

test("clients that hang up with a request that has come to the upstream, over HTTP/1.1 and HTTP/2", async () => {
  const plain = await Promise.all(times(CLIENTS, () => Http1.connect(inboundPort())));
  const sessions = await Promise.all(times(CLIENTS / STREAMS, () => Http2.connect(inboundPort())));
  for (const connection of plain) connection.send(`GET /held/${newSpan()} HTTP/1.1\r\nhost: a\r\n\r\n`);
  const streams = sessions.flatMap((session) =>
    times(STREAMS, () => session.request({ ":path": `/held/${newSpan()}` })),
  );
  const settled = Promise.allSettled(streams);
  await inFlight(2 * CLIENTS);
  for (const connection of plain) connection.close();
  await inFlight(CLIENTS);
  for (const session of sessions) session.close();
  assert.ok((await settled).every(({ status }) => status === "rejected"));
  await isNobodyLeft();
});

test("clients that hang up as soon as they have sent a request, before it is all there, or in its answer", async () => {
  const heads = ["GET / HTTP/1.1\r\nhost: a\r\n\r\n", "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\n123"];
  await Promise.all(
    times(3 * CLIENTS, async (index) => {
      const connection = await Http1.connect(inboundPort());
      connection.send(`${heads[index % 2]!}GET /held/${newSpan()} HTTP/1.1\r\nhost: a\r\n\r\n`);
      if (index % 3 === 0) await connection.answer("GET").catch(() => undefined);
      connection.close();
    }),
  );
  await isNobodyLeft();
});

test("upstreams that break off, answers of Envoy's own", async () => {
  const answers = await Promise.all(times(CLIENTS, () => fetchOnce(inboundPort(), { path: "/reset" })));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [503]);
  await isNobodyLeft();
});

test("all of it at once, while others are served", async () => {
  const kinds = [
    async (): Promise<void> => assert.equal((await fetchOnce(inboundPort())).status, 200),
    async (): Promise<void> => assert.equal((await fetchOnce(inboundPort(), { path: "/reset" })).status, 503),
    async (): Promise<void> => {
      const connection = await Http1.connect(inboundPort());
      connection.send(`GET /held/${newSpan()} HTTP/1.1\r\nhost: a\r\n\r\n`);
      connection.close();
    },
  ];
  await Promise.all(times(6 * CLIENTS, (index) => kinds[index % kinds.length]!()));
  await isNobodyLeft();
});
