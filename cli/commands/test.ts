import { Command, InvalidArgumentError } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT } from "../failure.ts";
import type { ReportFormat } from "../table/report.ts";
import { choice, filesArgument } from "./options.ts";

interface Options {
  output?: ReportFormat;
  run?: RegExp;
  coverage: boolean;
  coverageThreshold?: number;
}

export function testCommand(): Command {
  const command = new Command("test")
    .summary("test your configuration with a table of requests and expected decisions")
    .description("Test your configuration with a table of requests and expected decisions.")
    .addArgument(filesArgument("tables; - is standard input"))
    .option("--run <regex>", "only tests whose names it finds", regex)
    .option("--coverage", "also which rules, routes and entries no test meets", false)
    .option("--coverage-threshold <percent>", "fail if the tests meet fewer of them", percent)
    .addOption(
      choice("-o, --output <format>", "text (only failures, and a summary) on a terminal, else tap, if not given", [
        "text",
        "tap",
        "junit",
        "json",
      ]),
    )
    .action(run);
  return explained(
    command,
    [
      "A table in YAML:",
      "  config: wasmplugin.yaml\n" +
        "  tests:\n" +
        "    - name: sleep may look\n" +
        "      request: { path: /ip, principal: cluster.local/ns/default/sa/sleep }\n" +
        "      expect: { outcome: forwarded }",
      "request as in signalbox explain; expect has outcome, status, body, rule, delay, sends, answers, counters, circuits. In place of " +
        "both a test can have a sequence: a list of steps with request, after, times, upstream, meanwhile and expect.",
      "Ends with 0 if all is as expected, with 1 if something is not, if no policy or VirtualService applies to any test of a " +
        "table, or if the coverage is below the threshold.",
    ],
    [
      ["signalbox test policies.test.yaml --coverage", "what is not tested yet"],
      ["signalbox test policies.test.yaml -o junit > report.xml", "for CI"],
    ],
  );
}

function regex(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function percent(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(number <= 100)) throw new InvalidArgumentError("expected a number from 0 to 100");
  return number;
}

async function run(files: string[], options: Options): Promise<void> {
  const [{ checkOf, runTables }, { readTables }, { Coverage }, { reporterOf }] = await Promise.all([
    import("../table/run.ts"),
    import("../table/table.ts"),
    import("../table/coverage.ts"),
    import("../table/report.ts"),
  ]);
  const coverage = new Coverage();
  const tables = files.flatMap(readTables);
  const reporter = await reporterOf(options.output ?? (process.stdout.isTTY === true ? "text" : "tap"));
  let failed = false;
  const report = (result: Parameters<typeof reporter.result>[0]): void => {
    failed ||= result.differences.length > 0;
    reporter.result(result);
  };
  for (const result of runTables(tables, { names: options.run, coverage })) report(result);
  const { coverageThreshold: threshold } = options;
  if (threshold !== undefined && coverage.percent < threshold) {
    const reached = `${Math.floor(coverage.percent * 10) / 10} %`;
    report(checkOf(files[0] ?? "", "the tests meet enough of the rules", "coverage", reached, `${threshold} %`));
  }
  reporter.end(options.coverage || threshold !== undefined ? coverage : undefined);
  process.exitCode = failed ? EXIT.found : EXIT.ok;
}
