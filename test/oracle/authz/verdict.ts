/** What follows for a request from which lists of a set's rules hold: Istio's boolean structure, and nothing else. */
import type { PlannedSet } from "./rule-plan.ts";
import { ruleId } from "./leaf-probes.ts";
import type { Action } from "./policy.ts";
import type { Leaf, RulePlan } from "./rule-plan.ts";

/** Tells whether a list holds. */
export type Holds = (leaf: Leaf) => boolean;

function ruleHolds({ sources, operations, conditions }: RulePlan, holds: Holds): boolean {
  const any = (alternatives: readonly Leaf[][]): boolean =>
    alternatives.length === 0 || alternatives.some((leaves) => leaves.every(holds));
  return any(sources) && any(operations) && conditions.every(holds);
}

/** The rules of one action that are for this workload, in the order in which Envoy asks them: by the bytes of their ids. */
interface Group {
  /** Whether there is any such policy, with or without rules. */
  exists: boolean;
  rules: { id: string; plan: RulePlan }[];
}

/** A set's rules by what they do. */
export class Rules {
  readonly #set: PlannedSet;

  constructor(set: PlannedSet) {
    this.#set = set;
  }

  #group(action: Action, dryRun: boolean): Group {
    const policies = this.#set.policies.filter(
      (policy) => policy.action === action && (policy.dryRun ?? false) === dryRun && isForWorkload(policy, this.#set),
    );
    const rules = policies.flatMap((policy) =>
      policy.plans.map((plan, index) => ({ id: ruleId(policy, index), plan })),
    );
    return { exists: policies.length > 0, rules: rules.sort((a, b) => (a.id < b.id ? -1 : 1)) };
  }

  readonly #groups = new Map<string, Group>();

  /** The id of the first rule that holds, `none` where none does, undefined where there is no such policy. */
  matched(action: Action, dryRun: boolean, holds: Holds): string | undefined {
    const key = `${action}${dryRun}`;
    const group = this.#groups.get(key) ?? this.#group(action, dryRun);
    this.#groups.set(key, group);
    return group.exists ? (group.rules.find(({ plan }) => ruleHolds(plan, holds))?.id ?? "none") : undefined;
  }

  /** The id of the rule that denies, `none` where no rule allows, undefined where the request is let through. */
  denial(holds: Holds): string | undefined {
    const denied = this.matched("DENY", false, holds);
    if (denied !== undefined && denied !== "none") return denied;
    return this.matched("ALLOW", false, holds) === "none" ? "none" : undefined;
  }
}

/** Whether a policy is in the workload's namespace or the root namespace, and selects it. */
export function isForWorkload(policy: PlannedSet["policies"][number], set: PlannedSet): boolean {
  const wanted = Object.entries(policy.selector?.matchLabels ?? {});
  const here = policy.namespace === set.namespace || policy.namespace === set.rootNamespace;
  return here && wanted.every(([key, value]) => set.labels[key] === value);
}
