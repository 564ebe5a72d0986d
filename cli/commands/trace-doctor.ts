import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT } from "../failure.ts";
import { print, printJson } from "../output/print.ts";
import type { Selection } from "../trace/input/selection.ts";
import { outputOption, type Common } from "./options.ts";
import { INPUTS, withInputs } from "./trace-inputs.ts";

interface Options extends Common, Selection {}

export function doctorCommand(): Command {
  const command = withInputs(
    new Command("doctor")
      .summary("which service breaks traces, and what mends it")
      .description("Say which service breaks traces, and what mends it."),
    outputOption(),
  ).action(run);
  return explained(
    command,
    [
      ...INPUTS,
      "Each finding has the service, how sure it is (certain: ids agree; likely: times alone; hint), how often it was seen, spans " +
        "that show it, and a remedy. It works on spans of trace-propagation and of Envoy's own tracers.",
      "Exit status: 0 nothing is broken, 1 something is, 2 an input could not be read or has no traces. The findings background, " +
        "few and unexpected-kept are notes: with these alone it is 0.",
    ],
    [
      ["signalbox trace doctor http://localhost:16686", "the last hour of a Jaeger"],
      [
        "signalbox trace doctor --service reviews.default --since 10m http://localhost:9411",
        "one service, of a Zipkin",
      ],
      ["signalbox trace doctor --output json traces.json", "a file, for CI"],
    ],
  );
}

async function run(inputs: string[], { output, ...selection }: Options): Promise<void> {
  const { examined } = await import("../trace/doctor/examine.ts");
  const { diagnosisJson, diagnosisLines } = await import("../output/diagnosis.ts");
  const { isFault } = await import("../trace/doctor/finding.ts");
  const diagnosis = await examined(inputs, selection);
  if (output === "json") printJson(diagnosisJson(diagnosis));
  else print(...diagnosisLines(diagnosis));
  process.exitCode = diagnosis.findings.some(isFault) ? EXIT.found : EXIT.ok;
}
