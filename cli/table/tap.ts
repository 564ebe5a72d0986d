import type { Result } from "./run.ts";

/** The first line of the Test Anything Protocol, version 13 (https://testanything.org/tap-version-13-specification.html). */
export const TAP_VERSION = "TAP version 13";

/** The line that says how many results there were; it may come last, so that results can be written as they come. */
export function tapPlan(count: number): string {
  return `1..${count}`;
}

/** A result as it comes, by its number from 1 on. */
export function tapLines({ case: one, differences }: Result, number: number): string[] {
  // A # would begin a directive.
  const name = one.name.replaceAll("#", "\\#").replace(/\s+/g, " ");
  if (differences.length === 0) return [`ok ${number} - ${name}`];
  const told = differences.flatMap(({ what, expected, actual }) => [
    `    - what: ${JSON.stringify(what)}`,
    `      expected: ${JSON.stringify(expected)}`,
    `      actual: ${JSON.stringify(actual)}`,
  ]);
  return [
    `not ok ${number} - ${name}`,
    "  ---",
    `  at: ${JSON.stringify(`${one.file}:${one.line}`)}`,
    "  differences:",
    ...told,
    "  ...",
  ];
}
