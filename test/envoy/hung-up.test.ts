/**
 * Clients that hang up while their requests wait for a large configuration. Envoy destroys such a stream at once, but deletes its context
 * only when its event loop comes round, and a call of the timer may come in between. Seen where the filter continued or answered the stream
 * then: one of two runs with 1.36.4 ended in a segmentation fault, and 1.37.0 and 1.40.0 reported a bug of the caller ("envoy bug failure").
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { until } from "../../envoy/deadline.ts";
import { answer, Envoy, inlineWasm, listener, type JsonObject } from "../support/envoy/index.ts";

/** Enough for some twenty calls of the timer. */
const STREAMS = 600;
/** The document has more than 32 KiB, and is read in less time than the clients need to send their requests. */
const RULES = 1_000;
const STREAM_ID = /"StreamId":"(\d+)"/;

const never = (index: number): string => `/never/asked/for/${index}`;
const to = (asked: string): JsonObject => ({ to: [{ operation: { paths: [asked] } }] });
const rules = [...Array.from({ length: RULES }, (_, index) => to(never(index))), to("/admitted")];
const authz = { direction: "INBOUND", policies: [{ name: "large", namespace: "default", rules }] };

const trafficPolicy = { outlierDetection: {} };
const circuits = [
  ...Array.from({ length: RULES }, (_, index) => ({ name: `c${index}`, match: [{ uri: { exact: never(index) } }] })),
  { name: "denied", match: [{ uri: { exact: "/denied" } }], state: "FORCED_OPEN" },
];
const destinationRules = [{ name: "large", host: "*", trafficPolicy, circuits }];

for (const [module, configuration, path] of [
  ["authz", authz, "/admitted"],
  ["authz", authz, "/denied"],
  ["circuit-breaking", { destinationRules }, "/denied"],
] as const) {
  test(`${module}: requests for ${path} whose clients hang up while they wait are let alone`, async () => {
    const envoy = await Envoy.start({
      concurrency: 1,
      logLevels: "http:trace",
      metadata: { NAMESPACE: "default" },
      listeners: [
        listener("main", {
          filters: [inlineWasm(module, { module, configuration })],
          routes: [answer("admitted")],
        }),
      ],
    });
    try {
      const sockets = await Promise.all(Array.from({ length: STREAMS }, () => connected(envoy.port("main"))));
      const answered = Promise.any(sockets.map(async (socket) => await once(socket, "data")));
      for (const socket of sockets) socket.write(`GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      // The first ones were let go on: the others wait for the next calls of the timer.
      await answered;
      for (const socket of sockets) socket.resetAndDestroy();
      await until("all requests to be over", async () => {
        assert.equal(envoy.ended(), false, envoy.log().slice(-2000));
        return (await envoy.stat("http.main.downstream_rq_active")) === 0;
      });
      assert.deepEqual(touchedAfterTheirEnd(envoy.log()), []);
    } finally {
      await envoy.stop();
    }
  });
}

async function connected(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket.on("error", () => {});
}

/** What Envoy logged of streams that the filter continued or answered after they were reset. */
function touchedAfterTheirEnd(log: string): string[] {
  const over = new Set<string>();
  return log.split("\n").filter((line) => {
    const [, stream] = STREAM_ID.exec(line) ?? [];
    if (stream === undefined) return false;
    if (line.includes("stream reset: reset reason")) over.add(stream);
    return over.has(stream) && /continu(?:e|ing) filter chain|[Ss]ending local reply/.test(line);
  });
}
