import builder, { type Builder } from "junit-report-builder";
import type { Result } from "./run.ts";

/** Results as JUnit's XML, which CI systems read: a suite for each file, a failure for each case that came out otherwise. */
export function junitReport(results: readonly Result[]): string {
  // Its declarations say that the builder is an export named `default`; it is the module itself.
  const report = (builder as unknown as Builder).newBuilder();
  for (const file of new Set(results.map((result) => result.case.file))) {
    const suite = report.testSuite().name(file);
    for (const { case: one, filter, differences } of results.filter((result) => result.case.file === file)) {
      const test = suite.testCase().className(filter).name(one.name).file(`${one.file}:${one.line}`);
      if (differences.length === 0) continue;
      const lines = differences.map(
        ({ what, expected, actual }) => `${what}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`,
      );
      test.failure(lines.join("\n"));
    }
  }
  return report.build();
}
