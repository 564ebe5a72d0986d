import { configure, type Configured } from "../../filter/configured.ts";
import { decide, type Decision } from "../decide.ts";
import type { Question } from "./reasons.ts";

/**
 * Asks the compiled filter the same question with another configuration, so that what a condition means is said once: in the
 * filter.
 *
 * @returns undefined if it does not take that configuration
 */
export function askWith(question: Question, config: unknown): Decision | undefined {
  const configured = configureWith(question, config);
  return configured === undefined ? undefined : decide(configured, question.request);
}

/** The compiled filter with another configuration, ready to be asked about requests that come one after the other; undefined as above. */
export function configureWith({ filter, workload }: Question, config: unknown): Configured | undefined {
  const configured = configure(filter, config, workload, { logLevel: "debug" });
  return configured.errors.length > 0 ? undefined : configured;
}

/** How many rules are configured at most, over all the times that a list is asked: some seconds. */
const MAX_CONFIGURED = 60_000;

/**
 * Which of some rules a request meets. The filter names the one that it takes, so it is asked again without that one until it
 * names none.
 *
 * @param take gives the place, among those that are left, of the one that the filter takes; undefined for none
 * @returns for each whether it is met; undefined for those that are left when it took too long
 */
export function metOf<T>(
  items: readonly T[],
  take: (left: readonly T[]) => number | undefined,
): (boolean | undefined)[] {
  const met: (boolean | undefined)[] = items.map(() => undefined);
  let left = items.map((_, place) => place);
  for (let configured = 0; configured < MAX_CONFIGURED && left.length > 0; configured += left.length) {
    const taken = take(left.map((place) => items[place] as T));
    if (taken === undefined) {
      for (const place of left) met[place] = false;
      break;
    }
    met[left[taken] as number] = true;
    left = left.filter((_, at) => at !== taken);
  }
  return met;
}
