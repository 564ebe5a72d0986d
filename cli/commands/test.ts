import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT } from "../failure.ts";
import { print, printJson } from "../output/print.ts";
import { choice, filesArgument } from "./options.ts";

interface Options {
  output: "tap" | "junit" | "json";
}

export function testCommand(): Command {
  const command = new Command("test")
    .summary("hold your configuration to a table of requests and what you expect of them")
    .description("Hold your configuration to a table of requests and what you expect of them.")
    .addArgument(filesArgument("tables; - is standard input"))
    .addOption(choice("-o, --output <format>", "how the results are written", ["tap", "junit", "json"]).default("tap"))
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
      "request as in signalbox explain; expect has outcome, status, rule, delay, sends, answers, counters.",
      "Ends with 0 if all is as expected, with 1 if something is not.",
    ],
    [["signalbox test policies.test.yaml -o junit > report.xml", "for CI"]],
  );
}

async function run(files: string[], { output }: Options): Promise<void> {
  const [{ runTable }, { readTables }] = await Promise.all([import("../table/run.ts"), import("../table/table.ts")]);
  const results = files.flatMap((file) => readTables(file).flatMap(runTable));
  if (output === "json") printJson(results.map(({ case: one, ...result }) => ({ ...one, ...result })));
  else if (output === "junit") print((await import("../table/junit.ts")).junitReport(results).trimEnd());
  else print(...(await import("../table/tap.ts")).tapLines(results));
  process.exitCode = results.some(({ differences }) => differences.length > 0) ? EXIT.found : EXIT.ok;
}
