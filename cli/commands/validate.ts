import type { CommandModule } from "yargs";
import { EXIT } from "../failure.ts";
import { hasErrors, type Finding } from "../finding.ts";
import { findingLine } from "../output/findings.ts";
import { print, printJson } from "../output/print.ts";
import { validate, type Validation } from "../validate/validate.ts";
import { FILES, FILTER, OUTPUT, type Common } from "./options.ts";

interface Arguments extends Common {
  files: string[];
  filter: string | undefined;
  warnings: boolean;
}

export const VALIDATE: CommandModule<object, Arguments> = {
  command: "validate <files..>",
  describe: "Tell what a filter would refuse, before you apply it",
  builder: (yargs) =>
    yargs
      .positional("files", FILES)
      .option("filter", FILTER)
      .option("output", OUTPUT)
      .option("warnings", { type: "boolean", default: true, describe: "--no-warnings: errors only" })
      .epilogue(
        "Runs the compiled filter on the pluginConfig of each WasmPlugin and TrafficExtension,\n" +
          "and compares the resources with Istio's published schema. Which filter: the url's image,\n" +
          "or pluginName, or --filter, with which a file may also be a pluginConfig alone.\n\n" +
          "Ends with 0 where nothing would be refused, with 1 where something would.",
      )
      .example("$0 validate wasmplugin.yaml", "one file, with any number of resources")
      .example("kustomize build . | $0 validate -", "what kustomize makes")
      .example("$0 validate --filter authz policies.yaml", "a pluginConfig alone"),
  handler: (args) => {
    const validation = validate(args.files.map(String), args.filter);
    const findings = validation.findings.filter(({ severity }) => args.warnings || severity === "error");
    if (args.output === "json") printJson({ ...validation, findings });
    else print(...findings.map(findingLine), summary(validation, findings));
    process.exitCode = hasErrors(findings) ? EXIT.found : EXIT.ok;
  },
};

function summary({ plugins, resources }: Validation, findings: readonly Finding[]): string {
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const counts = `${count(plugins, "configuration")} and ${count(resources, "resource")} checked`;
  return `${counts}: ${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
