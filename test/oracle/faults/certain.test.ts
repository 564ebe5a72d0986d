/**
 * The fault-injection filter against Envoy's own fault filter on routes made of the same VirtualServices by istiod's rules,
 * in one Envoy, for faults that are certain: what the client gets, what the upstream gets, what is counted.
 *
 * `SEED=n` repeats a run; each disagreement names the seed of its list, and `SEED=<that> ORACLE_LISTS=1` repeats that list
 * alone. `ORACLE_LISTS` and `ORACLE_REQUESTS` make a run longer. `ORACLE_MODE=joined` is for versions of Envoy before 1.39
 * and set by itself (`../routes/oracle.test.ts`).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster, Envoy, until } from "../../support/envoy/index.ts";
import { Echo } from "../echo.ts";
import { Http2Echo } from "../echo-http2.ts";
import { seedOfRun } from "../random.ts";
import { joinsRepeatedHeaders } from "../repeated-headers.ts";
import { NODE_METADATA } from "../routes/experiment.ts";
import { disagreements, observe } from "./compare.ts";
import type { Observation } from "./compare.ts";
import { compareCounters } from "./counters.ts";
import { exchange } from "./exchange.ts";
import {
  everyExperiment,
  filterListener,
  filterName,
  generateExperiment,
  HTTP2,
  nativeListener,
  nativeName,
  pluginConfig,
} from "./experiment.ts";
import type { Experiment } from "./experiment.ts";

const JOINED = joinsRepeatedHeaders();
const LISTS = Number(process.env["ORACLE_LISTS"] ?? 40);
const REQUESTS = Number(process.env["ORACLE_REQUESTS"] ?? 60);
/** How many disagreements are told in full. */
const TOLD = 5;

type Pair = [native: Observation, filter: Observation];

function generate(seed: number): Experiment[] {
  const generated = Array.from({ length: LISTS }, (_, index) => {
    const protocol = (seed + index) % 2 === 0 ? "http1" : "http2";
    // Node's HTTP/2 client sends ASCII.
    return generateExperiment(seed + index, REQUESTS, { protocol, asciiOnly: JOINED || protocol === "http2" });
  });
  return [everyExperiment("http1"), everyExperiment("http2"), ...generated];
}

/** Sends all requests of an experiment to both listeners, one after the other, and gives what both showed. */
async function run(experiment: Experiment, envoy: Envoy): Promise<Pair[]> {
  const ports = [nativeName(experiment), filterName(experiment)].map((name) => envoy.port(name));
  const [native = [], filter = []] = await Promise.all(ports.map((port) => exchange(experiment, port)));
  return native.map((answer, index) => [observe(answer), observe(filter[index]!)]);
}

/** The disagreements of an experiment, each told so that it can be repeated by hand. */
function tell(experiment: Experiment, pairs: readonly Pair[]): string[] {
  return pairs.flatMap(([native, filter], index) => {
    const lines = disagreements(native, filter);
    if (lines.length === 0) return [];
    const { body, ...request } = experiment.requests[index]!;
    const sent = JSON.stringify({ ...request, ...(body !== undefined && { body: `${body.length} bytes` }) });
    const where = `${experiment.name}, ${experiment.protocol}, port ${experiment.listenerPort}`;
    return [
      `${where}\n  ${lines.join("\n  ")}\n  request ${sent}\n  ${JSON.stringify(pluginConfig(experiment, JOINED))}`,
    ];
  });
}

test("the filter and Envoy's own agree on faults that are certain, and on what they count", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const experiments = generate(seed);
  const [echo, http2] = await Promise.all([Echo.start(), Http2Echo.start()]);
  t.after(() => Promise.all([echo.stop(), http2.stop()]));
  const envoy = await Envoy.start({
    concurrency: 1,
    metadata: NODE_METADATA,
    clusters: [cluster("http1", echo.port), cluster("http2", http2.port, HTTP2)],
    listeners: experiments.flatMap((one) => [nativeListener(one), filterListener(one, JOINED)]),
  });
  t.after(() => envoy.stop());
  const all = await Promise.all(experiments.map((experiment) => run(experiment, envoy)));

  const native = all.flat().map(([observation]) => observation);
  const count = (holds: (one: Observation) => boolean): number => native.filter(holds).length;
  const delayed = count((one) => one.delayed);
  const aborted = count((one) => one.aborted);
  const spared = count((one) => !one.delayed && !one.aborted && one.upstream !== undefined);
  t.diagnostic(`${native.length} requests: ${delayed} delayed, ${aborted} aborted, ${spared} spared`);
  if (LISTS >= 20) {
    for (const some of [delayed, aborted, spared]) assert.ok(some > native.length * 0.15, "too few to prove anything");
  }
  const told = experiments.flatMap((experiment, index) => tell(experiment, all[index] ?? []));
  assert.equal(told.length, 0, `${told.length} disagreements\n\n${told.slice(0, TOLD).join("\n\n")}`);

  const active = [
    "wasmcustom.fault_injection.active_faults",
    ...experiments.map((one) => `http.${nativeName(one)}.fault.active_faults`),
  ];
  for (const name of active) await until(`${name} to be 0`, async () => (await envoy.stat(name)) === 0);
  assert.deepEqual(compareCounters(native, await envoy.admin.stats()), []);
});
