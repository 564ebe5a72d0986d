/** A rule with what its lists are there for: which field, form and twin each of them tries. */
import { FIELDS } from "./fields.ts";
import type { Cell } from "./fields.ts";
import type { AuthorizationPolicy, Condition, Operation, PolicySet, Rule, Source } from "./policy.ts";

/** One list of values in a rule. */
export interface Leaf {
  cell: Cell;
  /** The key in its source, operation or condition. */
  key: string;
  values: string[];
}

/** A rule before it is written down: alternatives of leaves that all have to hold, and the conditions. */
export interface RulePlan {
  sources: Leaf[][];
  operations: Leaf[][];
  conditions: Leaf[];
}

/** A policy with the plans of its rules. */
export interface PolicyPlan extends AuthorizationPolicy {
  plans: RulePlan[];
}

/** A set with the plans that it was made from. */
export interface PlannedSet extends PolicySet {
  policies: PolicyPlan[];
}

/** Keys of conditions that istiod makes permissions of; it makes principals of all others (`authz/model/model.go`, New). */
const PERMISSIONS = /^(destination\.|connection\.sni$|experimental\.)/;

/** Whether a condition becomes part of each permission of a filter, beside the operations. */
export function isPermission(condition: Leaf): boolean {
  return PERMISSIONS.test(condition.key);
}

function twin(leaf: Leaf): string {
  return leaf.cell.not ? `not${leaf.key.charAt(0).toUpperCase()}${leaf.key.slice(1)}` : leaf.key;
}

function lists(leaves: readonly Leaf[]): Record<string, string[]> {
  return Object.fromEntries(leaves.map((leaf) => [twin(leaf), leaf.values]));
}

/** Conditions in order; one leaf of `notValues` behind one of `values` of the same key shares its condition. */
function conditions(leaves: readonly Leaf[]): Condition[] {
  const all: Condition[] = [];
  for (const { key, cell, values } of leaves) {
    const last = all[all.length - 1];
    if (cell.not && last?.key === key && last.notValues === undefined) last.notValues = values;
    else all.push(cell.not ? { key, notValues: values } : { key, values });
  }
  return all;
}

/** The rule as it stands in a policy. */
export function writeRule(plan: RulePlan): Rule {
  return {
    ...(plan.sources.length > 0 && { from: plan.sources.map((leaves) => ({ source: lists(leaves) as Source })) }),
    ...(plan.operations.length > 0 && {
      to: plan.operations.map((leaves) => ({ operation: lists(leaves) as Operation })),
    }),
    ...(plan.conditions.length > 0 && { when: conditions(plan.conditions) }),
  };
}

/** The leaves of a source or operation in the order in which istiod writes them: by field, each before its twin. */
export function inOrder(leaves: readonly Leaf[]): Leaf[] {
  const rank = ({ cell }: Leaf): number => 2 * FIELDS.indexOf(cell.field) + (cell.not ? 1 : 0);
  return [...leaves].sort((a, b) => rank(a) - rank(b));
}

/** All leaves of a rule, each once. */
export function leavesOf({ sources, operations, conditions }: RulePlan): Leaf[] {
  return [...sources.flat(), ...operations.flat(), ...conditions];
}
