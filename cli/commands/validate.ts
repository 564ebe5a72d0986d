import { Command } from "commander";
import { explained } from "../command-line/help.ts";
import { EXIT } from "../failure.ts";
import { hasErrors, type Finding } from "../finding.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson } from "../output/print.ts";
import type { Validation } from "../validate/validate.ts";
import { filesArgument, filterOption, outputOption, type Common } from "./options.ts";

interface Options extends Common {
  filter?: string;
  warnings: boolean;
}

export function validateCommand(): Command {
  const command = new Command("validate")
    .summary("tell what a filter would refuse, before you apply it")
    .description("Tell what a filter would refuse, before you apply it.")
    .addArgument(filesArgument())
    .addOption(filterOption())
    .addOption(outputOption())
    .option("--no-warnings", "show errors only")
    .action(run);
  return explained(
    command,
    [
      "Runs the compiled filter on the pluginConfig of each WasmPlugin and TrafficExtension, and compares the resources with " +
        "Istio's published schema. Which filter: the url's image, or pluginName, or --filter, with which a file may also be " +
        "a pluginConfig alone.",
      "Ends with 0 if nothing would be refused, with 1 if something would.",
    ],
    [
      ["signalbox validate wasmplugin.yaml", "one file, with any number of resources"],
      ["kustomize build . | signalbox validate -", "what kustomize makes"],
      ["signalbox validate --filter authz policies.yaml", "a pluginConfig alone"],
    ],
  );
}

async function run(files: string[], { filter, output, warnings }: Options): Promise<void> {
  const { validate } = await import("../validate/validate.ts");
  const validation = validate(files, filter);
  const findings = validation.findings.filter(({ severity }) => warnings || severity === "error");
  if (output === "json") printJson({ ...validation, findings });
  else print(...findings.map(findingLine), summary(validation, findings));
  process.exitCode = hasErrors(findings) ? EXIT.found : EXIT.ok;
}

function summary({ plugins, resources }: Validation, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const counts = `${count(plugins, "configuration")} and ${count(resources, "resource")} checked`;
  return `${counts}: ${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
