/** `jaegerRemote` at a real Jaeger: the strategies of a file, and root spans that Jaeger's adaptive sampling counts. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, test } from "node:test";
import { parentIn } from "../../filters/trace-propagation/test/envoy/traces.ts";
import {
  BACKEND,
  cluster,
  Envoy,
  fetchOnce,
  forward,
  inlineWasm,
  listener,
  until,
  Upstream,
  type JsonObject,
  type Seen,
} from "../support/envoy/index.ts";
import { findJaeger, Jaeger } from "./jaeger.ts";
import { JAEGER_OTLP, TO_JAEGER } from "./sets.ts";

const found = BACKEND === "process" ? findJaeger() : { missing: "Envoys call each other by their ports" };
const skip = "missing" in found && `no Jaeger: ${found.missing}`;

/** The service that the spans name, and that Jaeger is asked for. */
const SERVICE = "cart.shop";
const SAMPLING = "outbound|5778||jaeger-collector.observability.svc.cluster.local";
const AT_ONCE = 40;

let jaeger: Jaeger | undefined;
let upstream: Upstream | undefined;
let envoy: Envoy | undefined;

afterEach(async () => {
  await envoy?.stop();
  await upstream?.stop();
  await jaeger?.stop();
  envoy = upstream = jaeger = undefined;
});

/** A Jaeger with strategies, and a sidecar with two workers that asks it and reports to it. */
async function start(strategies: JsonObject, folder?: string): Promise<Jaeger> {
  if ("missing" in found) throw new Error(found.missing);
  const started = await Jaeger.start(found.program, { folder, strategies });
  jaeger = started;
  upstream = await Upstream.start("upstream");
  const configuration: JsonObject = {
    participate: true,
    reporting: { batch: { scheduledDelay: "200ms" }, ...TO_JAEGER },
    sampling: {
      jaegerRemote: {
        service: "jaeger-collector.observability.svc.cluster.local",
        pollingInterval: "1s",
        initialSamplingRate: 0,
      },
    },
  };
  const filters = [inlineWasm("remote", { module: "trace-propagation", configuration })];
  envoy = await Envoy.start({
    concurrency: 2,
    listeners: [
      { ...listener("remote", { routes: [forward("upstream")], filters }), listener: { traffic_direction: "INBOUND" } },
    ],
    clusters: [
      cluster("upstream", upstream.port),
      cluster(SAMPLING, started.sampling),
      cluster(JAEGER_OTLP, started.otlp),
    ],
    bootstrap: { node: { id: "sidecar~127.0.0.1~cart-0.shop~shop.svc.cluster.local", cluster: SERVICE } },
  });
  return started;
}

/** How many of forty traces that begin are sampled; each request comes on a connection of its own. */
async function sampled(): Promise<number> {
  const one = async (): Promise<string> =>
    parentIn((JSON.parse((await fetchOnce(envoy!.port("remote"))).body) as Seen).headers).flags;
  const all = await Promise.all(Array.from({ length: AT_ONCE }, one));
  return all.filter((flags) => flags === "03").length;
}

test(
  "a file's strategies hold at all workers, by service and by operation, also when the file changes",
  { skip },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "signalbox-jaeger-"));
    const path = join(folder, "strategies.json");
    const write = (strategies: JsonObject): void => writeFileSync(path, JSON.stringify(strategies));
    write({
      default_strategy: { type: "probabilistic", param: 0 },
      service_strategies: [{ service: SERVICE, type: "probabilistic", param: 1 }],
    });
    await start({ file: { path, reload_interval: "100ms", default_sampling_probability: 0 } }, folder);
    await until("all to be sampled", async () => (await sampled()) === AT_ONCE);
    write({
      default_strategy: { type: "probabilistic", param: 1 },
      service_strategies: [
        {
          service: SERVICE,
          ...{ type: "probabilistic", param: 1 },
          operation_strategies: [{ operation: "GET", type: "probabilistic", param: 0 }],
        },
      ],
    });
    await until("none to be sampled", async () => (await sampled()) === 0);
    write({
      default_strategy: { type: "probabilistic", param: 1 },
      service_strategies: [
        { service: SERVICE, type: "ratelimiting", param: 0 },
        { service: "other", type: "probabilistic", param: 0 },
      ],
    });
    await until("the file's last state", async () => {
      const answer = await (await fetch(`http://127.0.0.1:${jaeger!.sampling}/sampling?service=${SERVICE}`)).text();
      return answer.includes("rateLimitingSampling");
    });
    assert.equal(await sampled(), 0);
    write({ default_strategy: { type: "probabilistic", param: 1 } });
    await until("all to be sampled again", async () => (await sampled()) === AT_ONCE);
    assert.doesNotMatch(envoy!.log(), /jaegerRemote: /, "each of Jaeger's answers is taken");
  },
);

// A single Jaeger leads, and one that leads gives its calculated probabilities to nobody (jaeger 1.76: internal/sampling/samplingstrategy/
// adaptive/provider.go reads them as a follower alone), so what it calculates is seen in its metrics.
test("Jaeger's adaptive sampling counts the root spans, by their tags", { skip }, async () => {
  const { metrics } = await start({
    adaptive: {
      sampling_store: "memory",
      initial_sampling_probability: 1,
      calculation_interval: "500ms",
      calculation_delay: "0s",
      aggregation_buckets: 10,
      leader_lease_refresh_interval: "200ms",
      follower_lease_refresh_interval: "200ms",
    },
  });
  await until("Jaeger to calculate a probability for the one operation", async () => {
    await sampled();
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    return /operations_calculated\S*\{?.*\}? 1$/m.test(text);
  });
});
