import type { Made } from "./outcome.ts";

/** The comment of each resource that was made: its steps, numbered over all of them, and what else there is to know. */
export function comments(made: readonly Made[]): string[][] {
  let number = 0;
  return made.map(({ steps, comment }) => [...steps.map((step) => `${++number}. ${step}`), ...comment]);
}
