/**
 * `signalbox` against the four filters as plugins of their own, one after the other, in one Envoy: for generated
 * configurations and requests the upstream gets the same, the client gets the same, and the same is counted.
 *
 * `SEED=n` repeats a run; each disagreement names the seed of its set, and `SEED=<that> SETS=1` repeats that set alone. `SETS`
 * and `STEPS` make a run longer.
 * `TWIN=<folder>` compares the chain with one of the modules in that folder, such as the build of another version.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { seedOfRun } from "../random.ts";
import { countersApart, disagreements, type Observation } from "./compare.ts";
import { TWIN, type Side } from "./configuration.ts";
import { generateExperiment, type Experiment } from "./experiment.ts";
import { add, notReached } from "./coverage.ts";
import type { Exchange } from "./generate-steps.ts";
import { Ids } from "./ids.ts";
import { Proxy } from "./proxies.ts";
import { caseOf, exchangesOf, run } from "./run.ts";

const SETS = Number(process.env["SETS"] || 30);
const STEPS = Number(process.env["STEPS"] || 40);
/** How many disagreements are told in full. */
const TOLD = 5;
/** Envoy with more listeners than these takes long to start. */
const SETS_AT_ONCE = 100;

interface Outcome {
  told: string[];
  /** Of the first side. */
  observations: Observation[];
  counts: Map<string, number>;
}

const NOTHING = (): Outcome => ({ told: [], observations: [], counts: new Map() });

/** Sends everything to both sides, one side after the other, and tells where they disagree. */
async function compareSides(
  t: TestContext,
  all: readonly Experiment[],
  sides: readonly [Side, Side],
): Promise<Outcome> {
  const outcome = NOTHING();
  for (const kind of ["sidecar", "gateway"] as const) {
    const experiments = all.filter(({ places }) => places.includes("gateway") === (kind === "gateway"));
    if (experiments.length === 0) continue;
    const proxy = await Proxy.start(t, kind, experiments, sides);
    const shown = new Map<Experiment, string[]>();
    let sent = 0;
    for (const experiment of experiments) {
      const [a, b] = [await run(experiment, proxy, sides[0]), await run(experiment, proxy, sides[1])];
      const ids = new Ids(JSON.stringify(experiment));
      const exchanges = exchangesOf(experiment);
      const lines = exchanges.flatMap((exchange, index) => {
        const apart = disagreements(ids, a.observations[index]!, b.observations[index]!);
        return apart.length === 0 ? [] : [tellRequest(exchange, apart)];
      });
      shown.set(experiment, [...lines, ...countersApart(a.counts, b.counts)]);
      sent += 2 * exchanges.length;
      outcome.observations.push(...a.observations);
      add(outcome.counts, a.counts);
    }
    const log = await proxy.log(sent);
    for (const [experiment, lines] of shown) {
      for (const exchange of exchangesOf(experiment)) {
        const [a, b] = sides.map((side) => log.get(`${side} ${caseOf(exchange)}`));
        if (a !== b) lines.push(tellRequest(exchange, [`access log:\n    ${a}\n    ${b}`]));
      }
      if (lines.length > 0) outcome.told.push(tell(experiment, lines));
    }
    await proxy.envoy.stop();
  }
  return outcome;
}

function tellRequest({ place, peer, request }: Exchange, lines: readonly string[]): string {
  const { body, ...rest } = request;
  const sent = JSON.stringify({ ...rest, ...(body !== undefined && { body: `${body.length} bytes` }) });
  return `${lines.join("\n  ")}\n  ${place} from ${peer ?? "plaintext"}: ${sent}`;
}

function tell({ seed, listenerPort, configuration, places }: Experiment, lines: readonly string[]): string {
  const more = lines.length > TOLD ? [`and ${lines.length - TOLD} more`] : [];
  const where = `SEED=${seed} SETS=1, ${places.join(" and ")}, port ${listenerPort}`;
  return [where, ...lines.slice(0, TOLD), ...more, JSON.stringify(configuration)].join("\n  ");
}

function generate(seed: number, sets: number): Experiment[] {
  return Array.from({ length: sets }, (_, index) => generateExperiment(seed + index, STEPS));
}

function assertAgree({ told }: Outcome): void {
  assert.equal(told.length, 0, `${told.length} sets disagree\n\n${told.slice(0, TOLD).join("\n\n")}`);
}

test("a chain agrees with another one like it, so that a disagreement is none of the comparison's own", async (t) => {
  assertAgree(
    await compareSides(t, generate(seedOfRun(), TWIN === undefined ? Math.min(SETS, 6) : SETS), ["chain", "twin"]),
  );
});

test("a chain in the wrong order is found", async (t) => {
  const { told } = await compareSides(t, generate(1, 6), ["chain", "turned"]);
  assert.ok(told.length >= 3, `${told.length} of 6 sets`);
});

test("signalbox does what a chain of its filters does", async (t) => {
  const seed = seedOfRun();
  t.diagnostic(`SEED=${seed}`);
  const all = NOTHING();
  for (let from = 0; from < SETS; from += SETS_AT_ONCE) {
    const experiments = generate(seed + from, Math.min(SETS_AT_ONCE, SETS - from));
    const { told, observations, counts } = await compareSides(t, experiments, ["chain", "signalbox"]);
    all.told.push(...told);
    all.observations.push(...observations);
    add(all.counts, counts);
  }
  t.diagnostic(`${all.observations.length} requests`);
  assertAgree(all);
  assert.deepEqual(notReached(SETS, all.observations, all.counts), [], "too little happened to prove anything");
});
