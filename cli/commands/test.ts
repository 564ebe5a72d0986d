import type { CommandModule } from "yargs";
import { EXIT } from "../failure.ts";
import { print, printJson } from "../output/print.ts";
import { junitReport } from "../table/junit.ts";
import { runTable } from "../table/run.ts";
import { readTables } from "../table/table.ts";
import { tapLines } from "../table/tap.ts";
import { FILES } from "./options.ts";

interface Arguments {
  files: string[];
  output: "tap" | "junit" | "json";
}

export const TEST: CommandModule<object, Arguments> = {
  command: "test <files..>",
  describe: "Hold your configuration to a table of requests and what you expect of them",
  builder: (yargs) =>
    yargs
      .positional("files", { ...FILES, describe: "tables; - is standard input" })
      .option("output", {
        alias: "o",
        choices: ["tap", "junit", "json"] as const,
        default: "tap" as Arguments["output"],
        describe: "of the results",
      })
      .epilogue(
        "A table in YAML:\n\n" +
          "  config: wasmplugin.yaml\n" +
          "  tests:\n" +
          "    - name: sleep may look\n" +
          "      request: { path: /ip, principal: cluster.local/ns/default/sa/sleep }\n" +
          "      expect: { outcome: forwarded }\n\n" +
          "request as in signalbox explain; expect has outcome, status, rule, delay, sends, answers, counters.\n" +
          "Ends with 0 where all is as expected, with 1 where something is not.",
      )
      .example("$0 test policies.test.yaml -o junit > report.xml", "for CI"),
  handler: ({ files, output }) => {
    const results = files.flatMap((file) => readTables(String(file)).flatMap(runTable));
    if (output === "json") printJson(results.map(({ case: one, ...result }) => ({ ...one, ...result })));
    else if (output === "junit") print(junitReport(results).trimEnd());
    else print(...tapLines(results));
    process.exitCode = results.some(({ differences }) => differences.length > 0) ? EXIT.found : EXIT.ok;
  },
};
