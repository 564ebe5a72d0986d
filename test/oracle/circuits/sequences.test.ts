/**
 * The circuit-breaking filter against Envoy's own outlier detection, configured as istiod does from the same `outlierDetection`, in one
 * Envoy before one endpoint: for random policies and random sequences of answers, errors and broken connections the same requests are
 * refused, for the same reason, and as often counted.
 *
 * `SEED=n` repeats a run, `PAIRS=n` makes it longer (`make oracle`); each disagreement names the seed of its run.
 */
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { Random, seedOfRun } from "../random.ts";
import { REFUSED } from "./ask.ts";
import { countedApart, decisive, disagreement } from "./compare.ts";
import { generateExperiments, type Size } from "./generate.ts";
import { run, type Step } from "./run.ts";
import { ONE_AT_A_TIME, World } from "./world.ts";

const SIZE: Size = { experiments: 240, acts: 30 };
const PAIRS = Number(process.env["PAIRS"] || 2000);
/** How many disagreements are told in full. */
const TOLD = 5;

interface Outcome {
  steps: Step[][];
  reasons: string[];
}

async function compare(t: TestContext, seed: number): Promise<Outcome> {
  const experiments = generateExperiments(new Random(seed), SIZE);
  const world = await World.start(experiments, { cluster: ONE_AT_A_TIME });
  try {
    const steps = await run(world, experiments);
    const told = experiments.flatMap((experiment, index) => disagreement(experiment, steps[index]!) ?? []);
    assert.equal(told.length, 0, `SEED=${seed}: ${told.length} disagree\n\n${told.slice(0, TOLD).join("\n\n")}`);
    assert.deepEqual(await countedApart(world), [], `SEED=${seed}`);
    const reasons = [...world.reasons("native").values()].flat();
    t.diagnostic(`SEED=${seed}: ${steps.flat().length} pairs, ${reasons.length} openings`);
    return { steps, reasons };
  } finally {
    await world.stop();
  }
}

test("the filter and native outlier detection refuse the same requests, for the same reasons", async (t) => {
  const all: Outcome = { steps: [], reasons: [] };
  for (let seed = seedOfRun(), pairs = 0; pairs < PAIRS; seed += 1) {
    const { steps, reasons } = await compare(t, seed);
    all.steps.push(...steps);
    all.reasons.push(...reasons);
    pairs += steps.flat().length;
  }
  t.diagnostic([...decisive(all.steps)].map(([group, count]) => `${group} ${count}`).join(", "));
  const never = all.steps.filter((steps) => steps.at(-1)!.native !== REFUSED).length;
  assert.ok(never > all.steps.length * 0.05, `only ${never} of ${all.steps.length} never opened`);
  const opened = ["consecutive_5xx", "consecutive_gateway_failure", "consecutive_local_origin_failure"];
  for (const reason of opened) {
    const count = all.reasons.filter((one) => one === reason).length;
    assert.ok(count > all.steps.length * 0.02, `only ${count} of ${all.steps.length} opened by ${reason}`);
  }
});
