import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { print, printJson } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import type { Selection } from "../trace/input/selection.ts";
import { choice } from "./options.ts";
import { INPUTS, withInputs } from "./trace-inputs.ts";

interface Options extends Selection {
  output: "text" | "json" | "html";
}

export function reportCommand(): Command {
  const command = withInputs(
    new Command("report")
      .summary("where the time of requests goes, which hop made them fail, and who calls whom")
      .description("Say where the time of requests goes, which hop made them fail, and who calls whom."),
    choice("-o, --output <format>", "text for people, json for programs, html for a page", ["text", "json", "html"]),
  ).action(run);
  return explained(
    command,
    [
      ...INPUTS,
      "Of one trace it shows the tree: how long each call took, how much of it is the service's own time (app) and how much the " +
        "way there and back (network), and the critical path, for which the request waits. Of several it shows what they have in " +
        "common, and the slowest beside the median.",
      "Exit status: 0, with errors in the traces and without; 2 an input could not be read.",
    ],
    [
      ["signalbox trace report http://localhost:16686 --service productpage.default", "the last hour of a Jaeger"],
      ["signalbox trace report spans.jsonl --trace 4bf92f3577b34da6a3ce929d0e0e4736", "one trace of a file"],
      ["signalbox trace report trace.json --output html > trace.html", "a page of what Jaeger's UI saved"],
      ["signalbox trace report spans.jsonl -o json | jq .dependencies", "who calls whom"],
    ],
  );
}

async function run(inputs: string[], { output, ...selection }: Options): Promise<void> {
  const [{ spansOf }, { analysed }] = await Promise.all([
    import("../trace/input/read.ts"),
    import("../trace/report/analysis.ts"),
  ]);
  const traces = analysed(await spansOf(inputs, selection));
  if (output === "json") {
    const { reportOf } = await import("../trace/report/summary.ts");
    printJson(reportOf(traces));
  } else if (output === "html") {
    const { htmlReport } = await import("../trace/report/html.ts");
    streams.out(htmlReport(traces));
  } else {
    const { textReport } = await import("../trace/report/text.ts");
    print(...textReport(traces));
  }
}
