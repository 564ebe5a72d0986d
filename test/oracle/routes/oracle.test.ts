/**
 * The header-routing filter against native Envoy routes made of the same VirtualServices by istiod's rules, in one
 * Envoy: which route and destination decide, what the upstream gets, what the client gets.
 *
 * `SEED=n` repeats a run; each disagreement names the seed of its list, and `SEED=<that> ORACLE_LISTS=1` repeats that
 * list alone. `ORACLE_LISTS` and `ORACLE_REQUESTS` make a run longer. Versions of Envoy before 1.39 join the values of a
 * repeated header and read regular expressions as UTF-8: for them the run is in ASCII, the filter joins too
 * (`ORACLE_MODE=joined`, which is set by itself).
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { discovered, Envoy, listener } from "../../support/envoy/index.ts";
import { seedOfRun } from "../random.ts";
import { joinsRepeatedHeaders } from "../repeated-headers.ts";
import { Client } from "../wire.ts";
import { disagreements, observe } from "./compare.ts";
import type { Observation } from "./compare.ts";
import { DIFFERENCES } from "./differences.ts";
import { filterListener, generateExperiment, nativeListener, pluginConfig } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import { preface } from "./listener.ts";
import { startProxy } from "./proxy.ts";

const JOINED = joinsRepeatedHeaders();
const LISTS = Number(process.env["ORACLE_LISTS"] ?? 60);
const REQUESTS = Number(process.env["ORACLE_REQUESTS"] ?? 60);
/** How many disagreements are told in full. */
const TOLD = 5;

/** Sends all requests of an experiment to both listeners, one after the other, and gives what both showed. */
async function run(experiment: Experiment, envoy: Envoy): Promise<[Observation, Observation][]> {
  const native = new Client(envoy.port(`native-${experiment.seed}`), preface(experiment));
  const filter = new Client(envoy.port(`filter-${experiment.seed}`), preface(experiment));
  const observations: [Observation, Observation][] = [];
  try {
    for (const request of experiment.requests) {
      const [a, b] = await Promise.all([native.send(request), filter.send(request)]);
      observations.push([observe(experiment, a), observe(experiment, b)]);
    }
  } finally {
    native.close();
    filter.close();
  }
  return observations;
}

/** The disagreements of an experiment, each told so that it can be repeated by hand. */
function tell(experiment: Experiment, observations: [Observation, Observation][]): string[] {
  return observations.flatMap(([native, filter], index) => {
    const lines = disagreements(experiment, native, filter);
    if (lines.length === 0) return [];
    const request = JSON.stringify(experiment.requests[index]);
    const configuration = JSON.stringify(pluginConfig(experiment, JOINED));
    return [
      `seed ${experiment.seed}, port ${experiment.listenerPort}\n  ${lines.join("\n  ")}\n  request ${request}\n  ${configuration}`,
    ];
  });
}

test("the filter and native routes agree on generated VirtualServices and requests", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const experiments = Array.from({ length: LISTS }, (_, index) =>
    generateExperiment(seed + index, REQUESTS, { asciiOnly: JOINED }),
  );
  const envoy = await startProxy(
    t,
    experiments.flatMap((one) => [nativeListener(one), filterListener(one, JOINED)]),
  );
  const all = await Promise.all(experiments.map((experiment) => run(experiment, envoy)));

  const native = all.flat().map(([observation]) => observation);
  const reached = native.filter(({ upstream }) => upstream !== undefined);
  const steered = reached.filter(({ steering }) => steering !== undefined);
  t.diagnostic(`${native.length} requests, ${reached.length} reached the upstream, ${steered.length} were steered`);
  if (LISTS >= 20) {
    assert.ok(reached.length > native.length * 0.9, "too many requests are refused by Envoy itself to prove anything");
    assert.ok(steered.length > reached.length * 0.3, "too few requests meet a route");
    assert.ok(steered.length < reached.length * 0.9, "too few requests miss");
  }
  const told = experiments.flatMap((experiment, index) => tell(experiment, all[index] ?? []));
  assert.equal(told.length, 0, `${told.length} disagreements\n\n${told.slice(0, TOLD).join("\n\n")}`);
});

test("what is different on purpose is refused", async (t) => {
  const filter = "header-routing";
  const accepted = {
    virtualServices: [{ hosts: ["reviews"], http: [{ route: [{ destination: { host: "reviews" } }] }] }],
  };
  const envoy = await Envoy.start({
    concurrency: 1,
    filters: { [filter]: { module: "header-routing", configuration: accepted } },
    listeners: [listener("only", { filters: [discovered(filter)] })],
  });
  t.after(() => envoy.stop());
  for (const { what, refused } of DIFFERENCES) {
    if (refused === undefined) continue;
    const pushed = await envoy.push(filter, JSON.stringify({ virtualServices: refused }));
    assert.equal(pushed.accepted, false, what);
  }
});
