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

/** How many rules are shown. */
const SHOWN = 3;

/** The nearest rules, and how many could not be compared. */
export interface Nearest {
  readonly nearest: NearRule[];
  readonly notCompared: number;
}

/**
 * The rules that fail the fewest conditions, the nearest first; of a group those of its nearest alternative count.
 *
 * @param met which of some conditions the request meets, asked once for all rules; undefined if that is not known
 */
export function nearestOf(
  rules: readonly Rule[],
  met: (conditions: readonly Condition[]) => (boolean | undefined)[],
): Nearest {
  const distinct = new Map(rules.flatMap(({ groups }) => groups.flat(2)).map((one) => [one.key, one] as const));
  const conditions = [...distinct.values()];
  const outcomes = met(conditions);
  const holds = new Map(conditions.map(({ key }, place) => [key, outcomes[place]]));
  const known = rules.filter(({ groups }) => groups.flat(2).every(({ key }) => holds.get(key) !== undefined));
  const failing = (group: Alternatives): readonly Condition[] => {
    const each = group.map((all) => all.filter(({ key }) => holds.get(key) !== true));
    return each.reduce((best, one) => (one.length < best.length ? one : best), each[0] ?? []);
  };
  const nearest = known
    .map(({ name, groups }) => ({ name, failed: groups.flatMap(failing) }))
    .filter(({ failed }) => failed.length > 0)
    .sort((a, b) => a.failed.length - b.failed.length)
    .slice(0, SHOWN)
    .map(({ name, failed }) => ({ rule: name, failed: failed.map(shown) }));
  return { nearest, notCompared: rules.length - known.length };
}

function shown({ field, wanted, has }: Condition): FailedCondition {
  return { field, wanted, ...(has !== undefined && { has }) };
}
