import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT, Failure } from "../failure.ts";
import { hasErrors } from "../finding.ts";
import { coded } from "../output/coded.ts";
import { count } from "../output/count.ts";
import { failureLine } from "../output/failure-line.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson, type Format } from "../output/print.ts";
import { streams } from "../output/streams.ts";
import type { Validation } from "../validate/validate.ts";
import { choice, filesArgument, filterOption } from "./options.ts";

interface Options {
  output: Format | "sarif";
  filter?: string;
  warnings: boolean;
  watch?: true;
}

export function validateCommand(): Command {
  const command = new Command("validate")
    .summary("report what a filter would refuse, before you apply it")
    .description("Report what a filter would refuse, before you apply it.")
    .addArgument(filesArgument())
    .addOption(filterOption())
    .addOption(
      choice("-o, --output <format>", "text for people, json for programs, sarif for code scanning", [
        "text",
        "json",
        "sarif",
      ]).default("text"),
    )
    .option("--no-warnings", "show errors only")
    .option("-w, --watch", "go on, and after each change of the files tell what is new and what is mended")
    .action(run);
  return explained(
    command,
    [
      "Runs the compiled filter on the pluginConfig of each WasmPlugin and TrafficExtension, and compares the resources with " +
        "Istio's published schema. Which filter: the url's image, or pluginName, or --filter, with which a file may also be " +
        "a pluginConfig alone.",
      "A folder stands for the .yaml, .yml and .json files in it and below.",
      "Each finding ends with a code in brackets. docs/errors/ has a page for each: what it means, and how to mend it.",
      "Exit status: 0 no errors, 1 errors or nothing to check, 2 a file could not be read.",
    ],
    [
      ["signalbox validate wasmplugin.yaml", "one file, with any number of resources"],
      ["kustomize build . | signalbox validate -", "what kustomize makes"],
      ["signalbox validate --filter authz policies.yaml", "a pluginConfig alone"],
      ["signalbox validate --watch deploy", "a folder, as you edit"],
    ],
  );
}

async function run(files: string[], { filter, output, warnings, watch }: Options): Promise<void> {
  const { validate } = await import("../validate/validate.ts");
  const look = (): Validation => {
    const validation = validate(files, filter);
    return { ...validation, findings: validation.findings.filter(({ severity }) => warnings || severity === "error") };
  };
  if (watch === true) {
    if (output !== "text") throw new Failure(`--watch prints text: leave --output ${output} out`);
    const { watchValidation } = await import("./validate-watch.ts");
    process.exitCode = statusOf(await watchValidation(files, { look, show: printText, counts: countsLine }));
    return;
  }
  const validation = look();
  const { findings, unread } = validation;
  if (output === "json") printJson({ ...validation, findings: findings.map(coded) });
  else if (output === "sarif") {
    const { sarifLog } = await import("../output/sarif.ts");
    printJson(sarifLog(findings, unread));
  } else printText(validation);
  process.exitCode = statusOf(validation);
}

function statusOf({ findings, unread }: Validation): number {
  return unread.length > 0 ? EXIT.unable : hasErrors(findings) ? EXIT.found : EXIT.ok;
}

/** What was found, what was passed over, and last the counts; nothing but what could not be read if there was nothing to read. */
function printText(validation: Validation): void {
  const { findings, plugins, resources, otherResources, otherDocuments, unread } = validation;
  for (const line of unread) streams.err(failureLine(line));
  if (plugins + resources + otherResources + otherDocuments + findings.length === 0 && unread.length > 0) return;
  print(
    ...findings.map(findingLine),
    ...(otherResources > 0 ? [`${count(otherResources, "resource")} of other kinds passed over`] : []),
    ...(otherDocuments > 0 ? [`${count(otherDocuments, "document")} without a resource passed over`] : []),
    countsLine(validation),
  );
}

function countsLine({ findings, plugins, resources }: Validation): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const checked = `${count(plugins, "configuration")} and ${count(resources, "resource")} checked`;
  return `${checked}: ${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
}
