/**
 * Plugins that `signalbox convert` makes of AuthorizationPolicies, against native RBAC that istiod's own code made of the same
 * policies.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inlineWasm } from "../../support/envoy/index.ts";
import type { JsonObject } from "../../support/envoy/index.ts";
import { convert, pluginConfigsOf } from "../converted.ts";
import type { Converted, Resource } from "../converted.ts";
import { Coverage } from "./coverage.ts";
import { bare, generateExperiments } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import { FIXED_SEED, RECORDED_SETS } from "./fixed-sets.ts";
import { Findings, judge } from "./judge.ts";
import { inboundListener } from "./listeners.ts";
import { NAMESPACE } from "./meshes.ts";
import type { PolicySet } from "./policy.ts";
import { REPEATED_HEADERS } from "./repeated-headers.ts";
import { run } from "./run.ts";
import { translatePolicies } from "./translate.ts";

/** So many sets are enough to see every way in which a conversion could go wrong. */
const SETS = 12;
const SIZE = { scenes: 6, requests: 6, forEach: 2 };

function resourcesOf({ policies }: PolicySet): Resource[] {
  return policies.map(({ name, namespace, dryRun, ...spec }) => ({
    apiVersion: "security.istio.io/v1",
    kind: "AuthorizationPolicy",
    metadata: { name, namespace, ...(dryRun && { annotations: { "istio.io/dry-run": "true" } }) },
    spec: spec as Record<string, unknown>,
  }));
}

async function converted(set: PolicySet): Promise<Converted> {
  const { trustDomain = "cluster.local", trustDomainAliases = [], rootNamespace = "istio-system" } = set;
  const aliases = trustDomainAliases.flatMap((alias) => ["--trust-domain-alias", alias]);
  const mesh = ["--trust-domain", trustDomain, ...aliases, "--root-namespace", rootNamespace, "--gateway-pods", "none"];
  return convert(resourcesOf(set), ...mesh);
}

test("the converted plugin decides as the AuthorizationPolicies do natively", async (t) => {
  const all = generateExperiments(FIXED_SEED, SIZE).filter(({ index }) => index < RECORDED_SETS);
  const made = new Map<Experiment, JsonObject[]>();
  for (const experiment of all) {
    if (made.size === SETS) break;
    const set = bare(experiment.set);
    const conversion = await converted(set);
    // Those that ask for the direct peer's address stay native.
    if (conversion.left.length > 0) continue;
    // A plugin that selects other workloads allows everything here, as each policy of it has its own selector.
    const configs = pluginConfigsOf(conversion, "authz", [NAMESPACE, set.rootNamespace ?? "istio-system"]);
    made.set(
      experiment,
      configs.map((config) => ({ ...config, repeatedHeaders: REPEATED_HEADERS }) as JsonObject),
    );
  }
  assert.equal(made.size, SETS);
  const experiments = [...made.keys()];
  const translations = await translatePolicies(experiments.map(({ set }) => bare(set)));
  const { outcomes } = await run(
    experiments,
    translations.map(({ filters }) => filters),
    (experiment, tls) => {
      const name = `converted-${experiment.index}`;
      const filters = made
        .get(experiment)!
        .map((configuration, place) => inlineWasm(`${name}-${place}`, { module: "authz", configuration }));
      return inboundListener({ name, filters, tls });
    },
  );
  const findings = new Findings();
  for (const outcome of outcomes) judge(outcome, findings, new Coverage());
  t.diagnostic(`${findings} of ${SETS} sets`);
  const { pairs, allowed, denied, errors, disagreements } = findings;
  assert.deepEqual(errors, []);
  assert.equal(disagreements.length, 0, disagreements.slice(0, 3).join("\n\n"));
  assert.ok(allowed > pairs * 0.1 && denied > pairs * 0.1, "too many requests meet one fate to prove anything");
});
