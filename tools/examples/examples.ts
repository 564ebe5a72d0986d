import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { PROJECT, filesBelow, moduleFolder, moduleNames } from "../project.ts";

/** The document, relative to the project. */
export const INDEX = "docs/examples.md";

/** How long a comment may be to be shown whole, in characters. */
const LONGEST = 180;

/** What an example shows that has no comment of its own at the start, mostly as another file or a document shows it whole. */
const SHOWS: Readonly<Record<string, string>> = {
  "cli/examples/bookinfo-none.json":
    "Traces of Bookinfo without header propagation, for `signalbox trace doctor` and `trace report`",
  "cli/examples/httpbin.test.yaml": "A table for `signalbox test`: what httpbin.yaml decides for which request",
  "cli/examples/mistaken.yaml": "A plugin with two mistakes, which `signalbox validate` names",
  "cli/examples/reviews.test.yaml":
    "A table of sequences for `signalbox test`: when the circuit for reviews opens and closes",
  "cli/examples/reviews.yaml":
    "A DestinationRule with `outlierDetection`, of which `signalbox convert` makes a circuit",
  "cli/examples/two-policies.yaml": "A plugin of authz with two policies, for `signalbox explain`",
};

/** The examples, by the title of a section: each file, relative to the project. */
export function examples(): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  for (const name of moduleNames().sort()) {
    const folder = moduleFolder(name);
    const manifests = filesBelow(folder).filter((file) => /^[^/]+\/[^/]+\/[^/]+\.yaml$/.test(file));
    sections.set(`${name}: pluginConfigs`, filesBelow(`${folder}/examples`));
    sections.set(`${name}: resources to apply`, manifests);
  }
  sections.set("The command", filesBelow("cli/examples"));
  sections.set(
    "A local Envoy",
    moduleNames()
      .sort()
      .map((name) => `envoy/${name}.yaml`),
  );
  return sections;
}

/** The text of `INDEX`. */
export async function indexText(): Promise<string> {
  const sections = [...examples()].map(([title, files]) => {
    const rows = files.map((file) => `| [${file.split("/").at(-1)}](../${file}) | ${shownBy(file)} |`);
    return [`## ${title}`, "", "| file | what it shows |", "| --- | --- |", ...rows].join("\n");
  });
  const text = [
    "<!-- Written by `npx tsx tools/examples/main.ts` from the files' first comments: change them there. -->",
    "",
    "# Examples",
    "",
    "Every example configuration, with what it shows. Tests hold each one to the compiled filter. For a first plugin of your own there is",
    "also `signalbox init` ([cli/README.md](../cli/README.md#init)), and [the playground](../README.md#try-it) has the pluginConfigs to try",
    "out. [docs/istio.md](istio.md) says what the folders of `manifests/` apply.",
    "",
    ...sections.flatMap((section) => [section, ""]),
  ].join("\n");
  return await format(text, { parser: "markdown", printWidth: 120 });
}

/** What an example shows: its first comment, or the first sentence of that. */
function shownBy(file: string): string {
  const local = /^envoy\/(.*)\.yaml$/.exec(file)?.[1];
  if (local !== undefined)
    return `What \`make run FILTER=${local}\` runs: edit it while it does ([docs/run.md](run.md))`;
  const own = SHOWS[file];
  if (own !== undefined) return own;
  const [comment = ""] = /^(?:#.*\n)+/m.exec(readFileSync(join(PROJECT, file), "utf8")) ?? [];
  const text = comment
    .replace(/^# ?/gm, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  const [first] = /^.+?[.?!](?= [A-Z]|$)/.exec(text) ?? [];
  const sentence = text.length <= LONGEST ? text : first;
  if (sentence === undefined || sentence === "")
    throw new Error(`${file} has no comment at its start that says what it shows`);
  return sentence.replace(/\.$/, "").replace(/[|*_<{]/g, "\\$&");
}

/** The rows of `SHOWS` whose file is gone. */
export function deadRows(): string[] {
  return Object.keys(SHOWS).filter((file) => !existsSync(join(PROJECT, file)));
}
