import { configure } from "../../filter/configured.ts";
import { decide, type Decision } from "../decide.ts";
import type { Question } from "./reasons.ts";

/**
 * Asks the compiled filter the same question with another configuration, so that what a condition means is said once: in the
 * filter.
 *
 * @returns undefined if it does not take that configuration
 */
export function askWith({ filter, workload, request }: Question, config: unknown): Decision | undefined {
  const configured = configure(filter, config, workload, { logLevel: "debug" });
  return configured.errors.length > 0 ? undefined : decide(configured, request);
}

/** How often a list is asked at most. */
const MOST_ASKED = 200;

/**
 * Which of some rules a request meets. The filter names the one that it takes, so it is asked again without that one until it
 * names none.
 *
 * @param take gives the place, among those that are left, of the one that the filter takes; undefined for none
 * @returns for each whether it is met; those that are left once it was asked `MOST_ASKED` times are not
 */
export function metOf<T>(items: readonly T[], take: (left: readonly T[]) => number | undefined): boolean[] {
  const met = items.map(() => false);
  let left = items.map((_, place) => place);
  for (let asked = 0; asked < MOST_ASKED && left.length > 0; asked++) {
    const taken = take(left.map((place) => items[place] as T));
    if (taken === undefined) break;
    met[left[taken] as number] = true;
    left = left.filter((_, at) => at !== taken);
  }
  return met;
}
