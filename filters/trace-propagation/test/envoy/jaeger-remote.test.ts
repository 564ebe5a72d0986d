/** `jaegerRemote` in a real Envoy of four workers: one asks Jaeger for all, and all follow what it says. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  forward,
  inlineWasm,
  listener,
  until,
  Upstream,
  type JsonObject,
  type Seen,
} from "../../../../test/support/envoy/index.ts";
import { fetchOnce } from "../../../../test/support/envoy/http1.ts";
import { counters, INBOUND, parentIn } from "./traces.ts";

const WORKERS = 4;
const JAEGER = "outbound|5778||jaeger.observability.svc.cluster.local";
const NANOSECONDS_PER_SECOND = 1e9;

let jaeger: Server;
let upstream: Upstream;
let envoy: Envoy;
let began: bigint;
/** What Jaeger answers, and what it was asked. */
let answer = JSON.stringify({ strategyType: 0, probabilisticSampling: { samplingRate: 1 } });
const asked: string[] = [];

before(async () => {
  jaeger = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.host}`);
    response.end(answer);
  }).listen(0, "127.0.0.1");
  await once(jaeger, "listening");
  upstream = await Upstream.start("upstream");
  const remote = { service: "jaeger.observability.svc.cluster.local", pollingInterval: "1s", initialSamplingRate: 0 };
  const configuration: JsonObject = { sampling: { jaegerRemote: remote } };
  const filters = [inlineWasm("remote", { module: "trace-propagation", configuration })];
  began = process.hrtime.bigint();
  envoy = await Envoy.start({
    concurrency: WORKERS,
    listeners: [{ ...listener("remote", { routes: [forward("upstream")], filters }), listener: INBOUND }],
    clusters: [cluster("upstream", upstream.port), cluster(JAEGER, (jaeger.address() as AddressInfo).port)],
    bootstrap: { node: { id: "sidecar~127.0.0.1~shop-0.shop~shop.svc.cluster.local", cluster: "shop.shop" } },
  });
});
after(async () => {
  await envoy?.stop();
  await upstream?.stop();
  jaeger?.closeAllConnections();
  jaeger?.close();
});

/** How many of so many traces that begin are sampled; each request comes on a connection, and so at a worker, of its own. */
async function sampled(times: number): Promise<number> {
  const one = async (): Promise<string> =>
    parentIn((JSON.parse((await fetchOnce(envoy.port("remote"))).body) as Seen).headers).flags;
  const all = await Promise.all(Array.from({ length: times }, one));
  return all.filter((flags) => flags === "03").length;
}

test("all workers follow, and one asks in an interval", async () => {
  await until("all to be sampled", async () => (await sampled(40)) === 40);
  answer = JSON.stringify({ strategyType: 1, rateLimitingSampling: { maxTracesPerSecond: 0 } });
  await until("none to be sampled", async () => (await sampled(40)) === 0);
  answer = "<html>";
  await until("an answer to be refused", async () => (await counters(envoy))["sampling.remote.failed"] !== 0);
  assert.equal(await sampled(40), 0, "the last strategy stays");
  answer = JSON.stringify({
    operationSampling: {
      defaultSamplingProbability: 0,
      perOperationStrategies: [{ operation: "GET", probabilisticSampling: { samplingRate: 1 } }],
    },
  });
  await until("all to be sampled again", async () => (await sampled(40)) === 40);
  const seconds = Number(process.hrtime.bigint() - began) / NANOSECONDS_PER_SECOND;
  assert.deepEqual(
    [...new Set(asked)],
    ["GET /sampling?service=shop.shop jaeger.observability.svc.cluster.local:5778"],
  );
  // After a failure of an interval of a second it may be asked after half of it.
  assert.ok(asked.length <= 2 * seconds + 2, `asked ${asked.length} times in ${seconds} s`);
  assert.match(
    envoy.log(),
    /jaegerRemote: cluster .* gives no strategies that are valid; .* not JSON: expected a value/,
  );
});
