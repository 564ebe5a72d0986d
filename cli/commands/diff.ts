import { Argument, Command } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT } from "../failure.ts";
import { print, printJson } from "../output/print.ts";
import { labelsOf } from "./labels.ts";
import { choice, filterOption, repeated, wholeNumber } from "./options.ts";

interface Options {
  request: string[];
  requests: number;
  seed: number;
  filter?: string;
  plugin?: string;
  namespace?: string;
  labels?: string;
  output: "text" | "markdown" | "json";
}

/** How many requests are decided at most, if the user does not say. */
const REQUESTS = 4000;

export function diffCommand(): Command {
  const command = new Command("diff")
    .summary("show which requests two configurations decide differently")
    .description("Show which requests two configurations decide differently, with a smallest example of each kind.")
    .addArgument(new Argument("<old>", "file with the WasmPlugin, or the pluginConfig, as it was; - is standard input"))
    .addArgument(new Argument("<new>", "the same as it is to be"))
    .addOption(
      repeated(
        "-r, --request <file>",
        "also these requests, in YAML: a list, or a table of signalbox test; may be repeated",
      ),
    )
    .addOption(
      wholeNumber("--requests <number>", "how many generated requests are tried at most", 1, 10_000_000).default(
        REQUESTS,
      ),
    )
    .addOption(wholeNumber("--seed <number>", "of the generated requests", 0, 0xffff_ffff).default(1))
    .addOption(filterOption())
    .option(
      "--plugin <name>",
      "the resource, if the files have several; else each is compared with the one of its name",
    )
    .option("-n, --namespace <name>", "the workload's; all that the configurations name if not given")
    .option("-l, --labels <labels>", "the workload's; all that the configurations select if not given")
    .addOption(
      choice("-o, --output <format>", "text for people, markdown for comments, json for programs", [
        "text",
        "markdown",
        "json",
      ]).default("text"),
    )
    .action(run);
  return explained(
    command,
    [
      "Runs both configurations in the compiled filter, on requests made of what either of them names: values, near misses of " +
        "them, their absence, and combinations. Percentages and weights are compared draw by draw. The same files, --seed and " +
        "--requests have the same result.",
      "If no difference is found, that is no proof: it says how many requests were tried, and which rules none of them met. Not " +
        "seen at all: what comes of several requests together (budgets, joins of calls; of circuits their settings are compared), " +
        "spans, log lines, counters, and rules about facts that no request of this command has.",
      "Exit status: 0 no difference found, 1 differences, 2 a file could not be read or is refused.",
    ],
    [
      ["git show main:authz.yaml | signalbox diff - authz.yaml", "what a branch changes"],
      ["signalbox diff old.yaml new.yaml --output markdown", "for a comment on a pull request"],
    ],
  );
}

async function run(old: string, other: string, options: Options): Promise<void> {
  const [{ diff }, { pairsOf }, { requestsIn }, output] = await Promise.all([
    import("../diff/diff.ts"),
    import("../diff/pairs.ts"),
    import("../diff/given.ts"),
    import("../output/difference.ts"),
  ]);
  const { filter, plugin, namespace, seed, requests: most } = options;
  const labels = labelsOf("--labels", options.labels);
  const workload = { ...(namespace !== undefined && { namespace }), ...(labels !== undefined && { labels }) };
  const oneWorkload = Object.keys(workload).length > 0;
  const requests = options.request.flatMap(requestsIn);
  const pairs = pairsOf(old, other, { filter, plugin, workload });
  const reports = pairs.map((pair) => diff(pair, { requests, seed, most, oneWorkload }));
  if (options.output === "json") printJson(reports.map(output.differenceJson));
  else if (options.output === "markdown") print(...output.differenceMarkdown(reports));
  else print(...reports.flatMap((report, at) => output.differenceLines(report, pairs.length > 1, at > 0)));
  process.exitCode = reports.some(({ kinds }) => kinds.length > 0) ? EXIT.found : EXIT.ok;
}
