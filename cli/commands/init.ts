import { Argument, Command } from "commander";
import { carriedManifest, carriedModules } from "../carried.ts";
import { explained } from "../command-line/help.ts";
import { streams } from "../output/streams.ts";
import { oneOf } from "./options.ts";

export function initCommand(): Command {
  const command = new Command("init")
    .summary("print a first plugin of a filter, with comments, to change into your own")
    .description("Print a first plugin of a filter, with comments, to change into your own.")
    .addArgument(
      new Argument("<filter>", "the filter, or signalbox for all filters in one plugin")
        .choices(carriedModules())
        .argParser(oneOf(carriedModules())),
    )
    .option(
      "--url <url>",
      "your image, where {filter} stands for the filter's name; if not given, one that does not exist",
    )
    .action((filter: string, { url }: { url?: string }) => streams.out(firstPlugin(filter, url)));
  return explained(
    command,
    ["Change the names, the namespace and the selector. Then check it with signalbox validate."],
    [
      [
        "signalbox init authz --url oci://registry.local/{filter}:0.1.0 > authz.yaml",
        "then: signalbox validate authz.yaml",
      ],
      ["signalbox init signalbox > plugin.yaml", "all filters in one plugin"],
    ],
  );
}

/** The filter's own manifest, which its tests hold to what it does, with the line by which an editor knows the schema. */
function firstPlugin(filter: string, url: string | undefined): string {
  const schema = `${filter}.schema.json`;
  const manifest = carriedManifest(filter);
  return [
    `# For completion in your editor: signalbox schema ${filter} > ${schema}`,
    `# yaml-language-server: $schema=${schema}`,
    url === undefined
      ? manifest
      : manifest.replace(/^( +url: ).*$/gm, (_, start: string) => start + url.replaceAll("{filter}", filter)),
  ].join("\n");
}
