import { paint } from "../output/paint.ts";
import type { Coverage } from "./coverage.ts";
import type { Result } from "./run.ts";

/** A case that failed, for people: its name, where it stands, and each difference. */
export function failureLines({ case: one, differences }: Result): string[] {
  return [
    `${paint.red("not ok:")} ${paint.bold(one.name)} ${paint.dim(`(${one.file}:${one.line})`)}`,
    ...differences.map(
      ({ what, expected, actual }) => `  ${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
    ),
  ];
}

/** How many tests there were, and how many failed. */
export function summaryLine(count: number, failed: number): string {
  const tests = `${count} ${count === 1 ? "test" : "tests"}`;
  return failed === 0 ? `${tests}: ${paint.green("all as expected")}` : `${tests}: ${paint.red(`${failed} failed`)}`;
}

/** How many rules were met, and which were not. */
export function coverageLines({ rules, percent }: Coverage): string[] {
  const unmet = rules.filter(({ met }) => !met);
  const share = `${Math.floor(percent * 10) / 10} %`;
  return [
    `coverage: ${rules.length - unmet.length} of ${rules.length} rules (${share})`,
    ...unmet.map(({ file, line, rule }) => `  ${file}:${line}: no test meets ${rule}`),
  ];
}
