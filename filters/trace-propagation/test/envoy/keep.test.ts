/** `keep` and `adaptive` in a real Envoy of four workers: what is kept of requests that are not sampled, and what all workers sample together. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { cluster, Envoy, fetchOnce, until, type HeaderLine } from "../../../../test/support/envoy/index.ts";
import { decodeTraces, type ReceivedSpan } from "../module/otlp.ts";
import { sidecar } from "./sidecar.ts";
import { counters, parentIn, SPAN, TRACE } from "./traces.ts";

const WORKERS = 4;
const TARGET = 20;
const UNSAMPLED: HeaderLine = ["traceparent", `00-${TRACE}-${SPAN}-00`];

const spans: ReceivedSpan[] = [];
/** Traces that went on as sampled. */
let sampled = 0;
let server: Server;
let envoy: Envoy;

before(async () => {
  server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      if (request.url === "/v1/traces") {
        spans.push(...decodeTraces(Buffer.concat(chunks)).spans);
        response.writeHead(200).end();
        return;
      }
      const lines = Object.entries(request.headers).map(([name, value]): HeaderLine => [name, String(value)]);
      if (parentIn(lines).flags === "03") sampled++;
      response.writeHead(request.url === "/fails" ? 503 : 200).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const configuration = {
    participate: true,
    join: { keys: ["x-request-id"] },
    reporting: {
      opentelemetry: { cluster: "collector", http: { authority: "otel:4318" } },
      batch: { scheduledDelay: "100ms" },
    },
    keep: [{ name: "errors", statusCode: { statusCodes: ["ERROR"] }, rateLimiting: { maxTracesPerSecond: 3 } }],
    sampling: {
      adaptive: {
        ...{ targetSamplesPerSecond: TARGET, calculationInterval: "1s" },
        ...{ initialSamplingProbability: 1, minSamplesPerSecond: 0 },
      },
    },
  };
  envoy = await Envoy.start({
    concurrency: WORKERS,
    clusters: [cluster("service", port), cluster("collector", port)],
    listeners: sidecar({ name: "reviews", configuration, workload: "service", calls: "service" }),
  });
});
after(async () => {
  await envoy?.stop();
  server.closeAllConnections();
  server.close();
});

test("an error that is not sampled: both sides of the proxy report it, the one below the other; what went well they do not", async () => {
  const send = async (side: string, path: string, headers: HeaderLine[]): Promise<void> => {
    await fetchOnce(envoy.port(`reviews:${side}`), { path, headers });
  };
  await send("inbound", "/", [UNSAMPLED, ["x-request-id", "well"]]);
  await send("inbound", "/fails", [UNSAMPLED, ["x-request-id", "one"]]);
  await send("outbound", "/fails", [["x-request-id", "one"]]);
  await until("both spans", () => spans.length === 2);
  const [server] = spans.filter(({ kind }) => kind === "SERVER");
  const [client] = spans.filter(({ kind }) => kind === "CLIENT");
  assert.deepEqual([server?.traceId, server?.parentSpanId, client?.parentSpanId], [TRACE, SPAN, server?.spanId]);
  for (const span of [server, client]) {
    assert.deepEqual([span?.attributes["signalbox.kept"], span?.isError, (span?.flags ?? 1) & 1], ["error", true, 0]);
  }
});

test("in an outage the limit holds over all workers, and each span is sent or counted as limited", async () => {
  const before = await counters(envoy);
  const began = process.hrtime.bigint();
  const headers: HeaderLine[] = [UNSAMPLED];
  const requests = 100;
  for (let i = 0; i < requests / 10; i++) {
    await Promise.all(
      Array.from(
        { length: 10 },
        async () => await fetchOnce(envoy.port("reviews:inbound"), { path: "/fails", headers }),
      ),
    );
  }
  const grown = async (name: string): Promise<number> => ((await counters(envoy))[name] ?? 0) - (before[name] ?? 0);
  await until(
    "all requests to be over",
    async () => (await grown("spans.kept.error")) + (await grown("spans.kept_limited")) === requests,
  );
  // Envoy decides when it has sent its answer on: perhaps only after the client has it.
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  const kept = await grown("spans.kept.error");
  assert.ok(kept >= 1 && kept <= 3 * seconds + 3 + WORKERS - 1, `${kept} in ${seconds} s`);
  await until("the spans", () => spans.length === 2 + kept);
});

test("the workers together sample at most twice the target, what an interval saves up, and one for each worker", async () => {
  const began = process.hrtime.bigint();
  const requests = 400;
  for (let i = 0; i < requests / 10; i++) {
    await Promise.all(
      Array.from({ length: 10 }, async () => await fetchOnce(envoy.port("reviews:inbound"), { path: "/" })),
    );
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  assert.ok(sampled >= TARGET, `${sampled}: fewer than the credit that is there at first`);
  assert.ok(sampled <= 2 * TARGET * seconds + TARGET + WORKERS - 1, `${sampled} in ${seconds} s`);
  const { "sampling.reviews.default.granted": granted, "sampling.reviews.default.arrived": arrived } =
    await counters(envoy);
  assert.deepEqual([granted, arrived], [sampled, requests]);
});
