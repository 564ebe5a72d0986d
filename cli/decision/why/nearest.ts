import type { FailedCondition, NearRule } from "./reasons.ts";

/** A condition of a rule: what is shown of it, and what the filter is asked with. */
export interface Condition extends FailedCondition {
  /** Equal for conditions that are the same. */
  readonly key: string;
}

/** Alternatives, one of which has to hold; in it all conditions. */
export type Alternatives = readonly (readonly Condition[])[];

/** A rule as what it asks for: groups, all of which have to hold. */
export interface Rule {
  readonly name: string;
  readonly groups: readonly Alternatives[];
}

/** How many rules are compared at most, and how many are shown. */
export const MOST_COMPARED = 3000;
const SHOWN = 3;

/**
 * The rules that fail the fewest conditions, the nearest first; of a group those of its nearest alternative count.
 *
 * @param met which of some conditions the request meets, asked once for all rules
 */
export function nearestOf(rules: readonly Rule[], met: (conditions: readonly Condition[]) => boolean[]): NearRule[] {
  const distinct = new Map(rules.flatMap(({ groups }) => groups.flat(2)).map((one) => [one.key, one] as const));
  const conditions = [...distinct.values()];
  const outcomes = met(conditions);
  const holds = new Map(conditions.map(({ key }, place) => [key, outcomes[place] === true]));
  const failing = (group: Alternatives): readonly Condition[] => {
    const each = group.map((all) => all.filter(({ key }) => holds.get(key) !== true));
    return each.reduce((best, one) => (one.length < best.length ? one : best), each[0] ?? []);
  };
  return rules
    .map(({ name, groups }) => ({ name, failed: groups.flatMap(failing) }))
    .filter(({ failed }) => failed.length > 0)
    .sort((a, b) => a.failed.length - b.failed.length)
    .slice(0, SHOWN)
    .map(({ name, failed }) => ({ rule: name, failed: failed.map(shown) }));
}

function shown({ field, wanted, has }: Condition): FailedCondition {
  return { field, wanted, ...(has !== undefined && { has }) };
}
