/** Whether what both listeners showed is as it should be, and what that proves. */
import { requestText } from "./client.ts";
import { disagreements, isDenial, mayDeny } from "./compare.ts";
import type { Native } from "./compare.ts";
import type { Coverage } from "./coverage.ts";
import { bare } from "./experiment.ts";
import type { Experiment } from "./experiment.ts";
import type { Leaf } from "./rule-plan.ts";
import type { Outcome, Pair } from "./run.ts";
import { placesOf } from "./structure.ts";
import { Rules } from "./verdict.ts";

/** What was found in a run. */
export class Findings {
  pairs = 0;
  /** Pairs by what native RBAC did. */
  allowed = 0;
  denied = 0;
  /** Answered by Envoy itself before any policy was asked. */
  elsewhere = 0;
  /** Peers without a strict SPIFFE ID whom the filter turned away and native RBAC did not, or for another reason. */
  stricter = 0;
  /** What differs, told so that it can be repeated. */
  readonly disagreements: string[] = [];
  /** Where native RBAC did not do what follows from its own verdict on each list: then this harness errs. */
  readonly errors: string[] = [];

  toString(): string {
    const { pairs, allowed, denied, elsewhere, stricter } = this;
    return `${pairs} pairs (natively ${allowed} allowed, ${denied} denied, ${elsewhere} not asked; ${stricter} refused by the filter alone)`;
  }
}

/** Adds the pairs of a set to the findings, and those that agreed to the coverage. */
export function judge({ experiment, leaves, pairs }: Outcome, findings: Findings, coverage: Coverage): void {
  const rules = new Rules(experiment.set);
  const places = placesOf(experiment.set);
  for (const pair of pairs) {
    findings.pairs += 1;
    count(pair.native, findings);
    const wrong = contradictions(rules, leaves, pair.native);
    if (wrong.length > 0) findings.errors.push(tell(experiment, pair, wrong));
    const differences = disagreements(pair.native, pair.filter);
    const isStricter = differences.length > 0 && isDenial(pair.filter) && mayDeny(experiment, pair.connection.peer);
    if (isStricter) findings.stricter += 1;
    else if (differences.length > 0) findings.disagreements.push(tell(experiment, pair, differences));
    else if (pair.native.probes) coverage.add(rules, places, leaves, pair.native.probes);
  }
}

function count(native: Native, findings: Findings): void {
  if (native.reached !== undefined) findings.allowed += 1;
  else if (isDenial(native)) findings.denied += 1;
  else findings.elsewhere += 1;
}

/** What native RBAC showed against Istio's boolean structure over its own verdict on each list. */
function contradictions(rules: Rules, leaves: readonly Leaf[], { probes, details, shadow }: Native): string[] {
  if (probes === undefined) return [];
  const held = new Map(leaves.map((leaf, index) => [leaf, probes[index] ?? false]));
  const holds = (leaf: Leaf): boolean => held.get(leaf) ?? false;
  const denial = rules.denial(holds);
  const lines: string[] = [];
  const expect = (what: string, expected: unknown, actual: unknown): void => {
    if (expected !== actual) lines.push(`${what}: ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
  };
  expect("details", denial === undefined ? "via_upstream" : `rbac_access_denied_matched_policy[${denial}]`, details);
  if (shadow.deny !== undefined) expect("dry run of DENY", rules.matched("DENY", true, holds), shadow.deny);
  if (shadow.allow !== undefined) expect("dry run of ALLOW", rules.matched("ALLOW", true, holds), shadow.allow);
  if (shadow.audit !== undefined) expect("AUDIT", rules.matched("AUDIT", false, holds) !== "none", shadow.audit);
  return lines;
}

function tell(experiment: Experiment, { connection, request, native, filter }: Pair, lines: readonly string[]): string {
  const { shadow: _shadow, probes: _probes, ...shown } = native;
  return [
    `set ${experiment.index}`,
    ...lines,
    `native ${JSON.stringify(shown)}`,
    `filter ${JSON.stringify(filter)}`,
    `connection ${JSON.stringify(connection)}`,
    `request ${JSON.stringify(requestText({ ...request, token: undefined }))}`,
    `token ${JSON.stringify(request.token)}`,
    JSON.stringify(bare(experiment.set)),
  ].join("\n  ");
}
