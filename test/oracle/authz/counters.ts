/**
 * What the filter counts for each rule against what follows for it from native RBAC's own verdicts: which rule allowed, and
 * what policies would have done that decide nothing (AUDIT, dry runs). Native RBAC shows the former nowhere, and the latter
 * only of requests that it lets through.
 */
import { isForWorkload, Rules } from "./verdict.ts";
import type { Holds } from "./verdict.ts";
import type { Experiment } from "./experiment.ts";
import type { Action } from "./policy.ts";
import { isStrict } from "./peers.ts";
import { leavesOf } from "./rule-plan.ts";
import type { Outcome, Pair } from "./run.ts";

/** Where Envoy has the counters of rules; `<namespace>.<policy>.rule.<place>.<effect>` follows. */
const PREFIX = "wasmcustom.authz.policy.";

const EFFECTS: readonly { action: Action; dryRun: boolean; effect: string }[] = [
  { action: "AUDIT", dryRun: false, effect: "audited" },
  { action: "DENY", dryRun: false, effect: "denied" },
  { action: "DENY", dryRun: true, effect: "shadow_denied" },
  { action: "ALLOW", dryRun: false, effect: "allowed" },
  { action: "ALLOW", dryRun: true, effect: "shadow_allowed" },
];

/** The counter of a rule that did something. */
function counterOf(id: string, effect: string): string {
  return `${PREFIX}${id.replace(/^ns\[(.*)\]-policy\[(.*)\]-rule\[(\d+)\]$/, "$1.$2.rule.$3")}.${effect}`;
}

/** The counters that a request adds to; a request that a DENY policy refuses does not come to any ALLOW policy. */
function countersOf(rules: Rules, holds: Holds): string[] {
  const denied = rules.matched("DENY", false, holds);
  const isDenied = denied !== undefined && denied !== "none";
  return EFFECTS.filter(({ action }) => action !== "ALLOW" || !isDenied).flatMap(({ action, dryRun, effect }) => {
    const id = rules.matched(action, dryRun, holds);
    return id === undefined || id === "none" ? [] : counterOf(id, effect);
  });
}

/** Whether the filter was asked and knew: what it is unsure of it counts for no rule. */
function isCounted({ native, filter }: Pair): boolean {
  return native.probes !== undefined && filter.details !== "authz_unsure";
}

/**
 * Whether a set has peers whose names native RBAC reads and the filter does not, and asks for names where nothing is enforced:
 * what only watches leaves the filter no less sure, and what it would have done may differ.
 */
function mayDiffer({ set, scenes }: Experiment): boolean {
  const watching = set.policies.filter(
    (policy) => (policy.dryRun || policy.action === "AUDIT") && isForWorkload(policy, set),
  );
  const asks = watching.some(({ plans }) => plans.flatMap(leavesOf).some(({ cell }) => cell.field.ofIdentity));
  return asks && scenes.some(({ connection }) => !isStrict(connection.peer));
}

/** What Envoy's counters of rules are and what the pairs come to. */
export interface Counted {
  /** How many counters are as they should be. */
  right: number;
  /** A line for each other one. */
  wrong: string[];
}

/** Compares Envoy's counters of rules with what follows from the pairs. */
export function compareCounters(outcomes: readonly Outcome[], stats: ReadonlyMap<string, string>): Counted {
  const expected = new Map<string, number>();
  const skipped = new Set<string>();
  for (const { experiment, leaves, pairs } of outcomes) {
    if (mayDiffer(experiment)) experiment.set.policies.forEach(({ name }) => skipped.add(name));
    const rules = new Rules(experiment.set);
    for (const { native } of pairs.filter(isCounted)) {
      const held = new Map(leaves.map((leaf, index) => [leaf, native.probes?.[index] ?? false]));
      for (const name of countersOf(rules, (leaf) => held.get(leaf) ?? false)) {
        expected.set(name, (expected.get(name) ?? 0) + 1);
      }
    }
  }
  const isSkipped = (name: string): boolean => [...skipped].some((policy) => name.includes(`.${policy}.rule.`));
  const actual = [...stats].filter(([name]) => name.startsWith(PREFIX));
  const names = [...new Set([...expected.keys(), ...actual.map(([name]) => name)])].filter((name) => !isSkipped(name));
  const wrong = names.filter((name) => (expected.get(name) ?? 0) !== Number(stats.get(name) ?? 0));
  const told = wrong.map(
    (name) => `${name} is ${stats.get(name) ?? "not there"} instead of ${expected.get(name) ?? 0}`,
  );
  return { right: names.filter((name) => expected.has(name)).length - wrong.length, wrong: told };
}
