import type { Patch } from "../parts.ts";
import type { Values } from "../values/near.ts";

/** A condition of a rule: changes to a request that should make it meet the condition, and such that should narrowly not. */
export interface Condition {
  readonly meets: readonly Patch[];
  readonly misses: readonly Patch[];
}

/** A rule, and the ways to meet it. */
export interface Target {
  /** The rule, as decisions name those that they met; absent if decisions do not say so. */
  readonly rule?: string;
  /** What it says, and what it stands in: two configurations with the same content have the same rule. */
  readonly content: string;
  /** All conditions of a way have to be met. */
  readonly ways: readonly (readonly Condition[])[];
}

/** How many changes a condition of many values gives. */
const MOST = 48;

/** What a value of something is to a request; undefined if a request cannot have it. */
export type Write = (value: string | null) => Patch | undefined;

/**
 * A condition that one of some values meets. What only one of two configurations names comes first.
 *
 * @param isNew whether the other configuration does not name a value
 */
export function anyOf(
  values: readonly string[],
  isNew: (value: string) => boolean,
  valuesOf: (value: string) => Values,
  write: Write,
): Condition {
  const sorted = [...values.filter(isNew), ...values.filter((value) => !isNew(value))].slice(0, MOST);
  return conditionOf(sorted.map(valuesOf), write);
}

/** A condition that any of these values meets. */
export function conditionOf(all: readonly Values[], write: Write): Condition {
  const patches = (of: (one: Values) => readonly (string | null)[]): Patch[] => {
    const written = roundRobin(all.map(of))
      .map(write)
      .filter((one) => one !== undefined);
    return unique(written).slice(0, MOST);
  };
  return { meets: patches(({ meets }) => meets), misses: patches(({ misses }) => misses) };
}

/** The condition turned round. Left alone, a request mostly meets it. */
export function negated({ meets, misses }: Condition): Condition {
  return { meets: [{}, ...misses].slice(0, MOST), misses: meets };
}

/** Of several lists first the first of each, then the second of each. */
function roundRobin<T>(lists: readonly (readonly T[])[]): T[] {
  const longest = lists.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, at) =>
    lists.flatMap((list) => (at < list.length ? [list[at] as T] : [])),
  ).flat();
}

function unique(patches: readonly Patch[]): Patch[] {
  return [...new Map(patches.map((patch) => [JSON.stringify(patch), patch])).values()];
}
