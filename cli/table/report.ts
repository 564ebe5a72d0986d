import { print, printJson } from "../output/print.ts";
import type { Coverage } from "./coverage.ts";
import type { Result } from "./run.ts";
import type { Case } from "./table.ts";
import { tapLines, tapPlan, TAP_VERSION } from "./tap.ts";
import { coverageLines, failureLines, summaryLine } from "./text.ts";

/** How results are written. */
export type ReportFormat = "text" | "tap" | "junit" | "json";

/** Writes results, as they come where the format allows it. */
export interface Reporter {
  result(result: Result): void;
  /** After the last one; `coverage` if it was asked for. */
  end(coverage: Coverage | undefined): void;
}

/** What writes results in a format. */
export async function reporterOf(format: ReportFormat): Promise<Reporter> {
  const results: Result[] = [];
  const collect = (result: Result): void => void results.push(result);
  switch (format) {
    case "text":
      return {
        result(result) {
          collect(result);
          if (result.differences.length > 0) print(...failureLines(result));
        },
        end(coverage) {
          const failed = results.filter(({ differences }) => differences.length > 0).length;
          print(summaryLine(results.length, failed), ...(coverage === undefined ? [] : coverageLines(coverage)));
        },
      };
    case "tap":
      print(TAP_VERSION);
      return {
        result(result) {
          collect(result);
          print(...tapLines(result, results.length));
        },
        end(coverage) {
          const comments = coverage === undefined ? [] : coverageLines(coverage).map((line) => `# ${line}`);
          print(tapPlan(results.length), ...comments);
        },
      };
    case "junit": {
      const { junitReport } = await import("./junit.ts");
      return { result: collect, end: () => print(junitReport(results).trimEnd()) };
    }
    case "json":
      return {
        result: collect,
        end(coverage) {
          const tests = results.map(({ case: one, ...result }) => ({ ...shownCase(one), ...result }));
          printJson(
            coverage === undefined ? tests : { tests, coverage: { percent: coverage.percent, rules: coverage.rules } },
          );
        },
      };
  }
}

/** A case as programs get it: its request and what is expected of that, or its steps. */
function shownCase({ steps, ...one }: Case): object {
  const [only] = steps;
  const shown = only?.name === "" ? { request: only.request, expect: only.expect } : { sequence: steps };
  return { ...one, ...shown };
}
