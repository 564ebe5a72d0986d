/** The comparison itself: native RBAC agrees with itself, and a rule that is changed on one side alone is found. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "../../support/envoy/index.ts";
import type { ServerTls } from "../../support/envoy/tls.ts";
import { Coverage } from "./coverage.ts";
import { bare, generateExperiments } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import { FIXED_SEED, SIZE } from "./fixed-sets.ts";
import { Findings, judge } from "./judge.ts";
import { ruleId } from "./leaf-probes.ts";
import { inboundListener } from "./listeners.ts";
import { run } from "./run.ts";
import type { Opponent } from "./run.ts";
import { translatePolicies } from "./translate.ts";

const SETS = 6;
const experiments = generateExperiments(FIXED_SEED, SIZE).slice(0, SETS);

/** Native RBAC again; `change` has the last word on its filters. */
function again(change: (experiment: Experiment, text: string) => string = (_, text) => text): Opponent {
  return (experiment: Experiment, tls: ServerTls, filters: readonly JsonObject[]) =>
    inboundListener({
      name: `filter-${experiment.index}`,
      filters: filters.map((config) => ({
        name: "envoy.filters.http.rbac",
        typed_config: JSON.parse(change(experiment, JSON.stringify(config))) as JsonObject,
      })),
      tls,
    });
}

async function findings(opponent: Opponent): Promise<Findings> {
  const translations = await translatePolicies(experiments.map(({ set }) => bare(set)));
  const all = new Findings();
  const { outcomes } = await run(
    experiments,
    translations.map(({ filters }) => filters),
    opponent,
  );
  for (const outcome of outcomes) judge(outcome, all, new Coverage());
  return all;
}

test("native RBAC agrees with itself", async (t) => {
  const { pairs, disagreements, errors, stricter } = await findings(again());
  t.diagnostic(`${pairs} pairs`);
  assert.deepEqual([disagreements, errors, stricter], [[], [], 0]);
});

test("a rule that is missing on one side is found in each set", async () => {
  const without = again(({ index, set: { policies } }, text) => {
    // Of those that some request can meet, another one in each set.
    const possible = policies[0]!.plans.flatMap((plan, rule) =>
      plan.operations[0]?.[0]?.cell.operator === "never" ? [] : rule,
    );
    const id = ruleId(policies[0]!, possible[index]!);
    const config = JSON.parse(text) as { rules: { policies: Record<string, JsonObject> } };
    config.rules.policies[id] = { ...config.rules.policies[id], permissions: [{ not_rule: { any: true } }] };
    return JSON.stringify(config);
  });
  const { disagreements, errors } = await findings(without);
  assert.deepEqual(errors, []);
  const sets = new Set(disagreements.map((told) => /^set (\d+)/.exec(told)?.[1]));
  assert.deepEqual(
    [...sets].sort(),
    experiments.map(({ index }) => `${index}`),
  );
});
