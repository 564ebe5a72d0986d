import { Argument, Command } from "commander";
import { carriedModules } from "../carried.ts";
import { explained } from "../command-line/help.ts";
import { Failure } from "../failure.ts";
import { printJson } from "../output/print.ts";
import { oneOf } from "./options.ts";

interface Options {
  pluginConfig: boolean;
}

export function schemaCommand(): Command {
  const command = new Command("schema")
    .summary("print a JSON schema, by which your editor completes and checks a plugin")
    .description("Print a JSON schema, by which your editor completes and checks a plugin.")
    .addArgument(
      new Argument("[filter]", "the filter; if not given, all filters, each for the image that is named after it")
        .choices(carriedModules())
        .argParser(oneOf(carriedModules())),
    )
    .option("--plugin-config", "of the filter's pluginConfig alone, not of a WasmPlugin", false)
    .action(run);
  return explained(
    command,
    [
      "The schema is of a file with a WasmPlugin, and whatever resources of other kinds are beside it. It is in draft 7 of JSON " +
        "schema, which yaml-language-server reads, and with it VS Code, Neovim, Emacs and Helix.",
      "A schema cannot express all rules of a filter: only signalbox validate says whether the filter accepts the configuration.",
    ],
    [
      ["signalbox schema > signalbox.schema.json", "then, as the first line of a plugin's file:"],
      ["# yaml-language-server: $schema=signalbox.schema.json", "(this line)"],
      ["signalbox schema authz --plugin-config > authz.schema.json", "for a file that is a pluginConfig alone"],
    ],
  );
}

async function run(filter: string | undefined, { pluginConfig }: Options): Promise<void> {
  const { pluginConfigSchema, wasmPluginSchema } = await import("../schema/config/printed.ts");
  if (!pluginConfig) return printJson(wasmPluginSchema(filter));
  if (filter === undefined) throw new Failure("name the filter whose pluginConfig it is; see signalbox schema --help");
  printJson(pluginConfigSchema(filter));
}
