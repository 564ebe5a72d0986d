import type { Result } from "./run.ts";

/** Results as the Test Anything Protocol, version 13 (https://testanything.org/tap-version-13-specification.html). */
export function tapLines(results: readonly Result[]): string[] {
  return ["TAP version 13", `1..${results.length}`, ...results.flatMap(resultLines)];
}

function resultLines({ case: one, differences }: Result, index: number): string[] {
  // A # would begin a directive.
  const name = one.name.replaceAll("#", "\\#").replace(/\s+/g, " ");
  if (differences.length === 0) return [`ok ${index + 1} - ${name}`];
  const told = differences.flatMap(({ what, expected, actual }) => [
    `    - what: ${JSON.stringify(what)}`,
    `      expected: ${JSON.stringify(expected)}`,
    `      actual: ${JSON.stringify(actual)}`,
  ]);
  return [
    `not ok ${index + 1} - ${name}`,
    "  ---",
    `  at: ${JSON.stringify(`${one.file}:${one.line}`)}`,
    "  differences:",
    ...told,
    "  ...",
  ];
}
