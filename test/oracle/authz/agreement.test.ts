/**
 * The authz filter against native RBAC, which istiod's own code made of the same AuthorizationPolicies, in one Envoy: the
 * same requests to both, over real mTLS and plaintext, with tokens that jwt_authn verified.
 *
 * A fixed seed, which runs everywhere and reaches everything that a rule can ask, and a fresh one, which is printed.
 * `SEED=n` repeats a run, `ONLY=n` one set of it, and `PAIRS=n` makes it longer (`make oracle`). With `MODULE=signalbox` the fresh seed
 * runs only if one of these asks for it: the fixed seed shows that the section is the filter, which gets the fresh ones.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { AS_SECTIONS } from "../../support/module/sections.ts";
import { seedOfRun } from "../random.ts";
import { compareCounters } from "./counters.ts";
import { Coverage } from "./coverage.ts";
import { bare, filterListener, generateExperiments } from "./experiment.ts";
import type { Size } from "./experiment.ts";
import fixedSets, { FIXED_SEED, FRESH_SIZE, RECORDED_SETS, SIZE } from "./fixed-sets.ts";
import { Findings, judge } from "./judge.ts";
import { run } from "./run.ts";
import { fromRecord, translatePolicies, whyRecorded } from "./translate.ts";

/** How many disagreements are told in full. */
const TOLD = 5;

const coverage = new Coverage();

/** Runs the experiments of a seed, and gives the number of pairs. */
async function compare(t: TestContext, seed: number, size: Size, isWanted = (_index: number) => true): Promise<number> {
  const only = process.env["ONLY"];
  const all = generateExperiments(seed, size);
  const experiments = all.filter(({ index }) => (only === undefined ? isWanted(index) : `${index}` === only));
  const translations = await translatePolicies(experiments.map(({ set }) => bare(set)));
  const refused = translations.flatMap(({ refused }, index) => (refused ? [`${index}: ${refused}`] : []));
  assert.deepEqual(refused, [], "a generated set is not valid for Istio");

  const filters = translations.map((translation) => translation.filters);
  const findings = new Findings();
  const { outcomes, stats } = await run(experiments, filters, filterListener);
  for (const outcome of outcomes) judge(outcome, findings, coverage);
  const { right, wrong } = compareCounters(outcomes, stats);
  t.diagnostic(`SEED=${seed}: ${findings} of ${experiments.length} sets; ${right} counters of rules`);

  const told = (list: readonly string[]): string => `${list.length}\n\n${list.slice(0, TOLD).join("\n\n")}`;
  const { pairs, allowed, denied, elsewhere, errors, disagreements } = findings;
  assert.equal(errors.length, 0, `the harness errs: ${told(errors)}`);
  assert.equal(disagreements.length, 0, `SEED=${seed}: disagreements: ${told(disagreements)}`);
  assert.deepEqual(wrong, []);
  if (only === undefined) {
    assert.ok(allowed > pairs * 0.25 && denied > pairs * 0.25, "too many requests meet one fate to prove anything");
    assert.ok(elsewhere < pairs * 0.1, "too many requests are answered by Envoy itself to prove anything");
  }
  return pairs;
}

test("the filter and native RBAC agree: a fixed seed", async (t) => {
  if ((await whyRecorded()) === undefined) return void (await compare(t, FIXED_SEED, SIZE));
  const { scenes, requests, forEach } = SIZE;
  const longer: Size = { scenes: 2 * scenes, requests: 2 * requests, forEach: 2 * forEach };
  await compare(t, FIXED_SEED, longer, (index) => index < RECORDED_SETS);
});

test("the filter and native RBAC agree: a fresh seed", async (t) => {
  const reason = await whyRecorded();
  if (reason !== undefined)
    return t.skip(`fresh policies cannot be translated, so the fixed seed got more requests: ${reason}`);
  if (AS_SECTIONS && !["SEED", "ONLY", "PAIRS"].some((name) => process.env[name])) {
    return t.skip("fresh policies are for the module of authz alone, unless SEED, ONLY or PAIRS asks for them");
  }
  const wanted = Number(process.env["PAIRS"] ?? 1);
  let seed = seedOfRun();
  for (let pairs = 0; pairs < wanted; seed += 1) pairs += await compare(t, seed, FRESH_SIZE);
});

test("everything that a rule can ask was decisive, and found the same by both", (t) => {
  coverage.table().forEach((line) => t.diagnostic(line));
  if (process.env["ONLY"] === undefined) assert.deepEqual(coverage.missing(), []);
});

test("what is always asked is recorded for machines that cannot translate", () => {
  assert.equal(fromRecord(fixedSets, "none").length, fixedSets.length);
});
