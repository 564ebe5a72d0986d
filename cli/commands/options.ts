import { filterNames } from "../../tools/project.ts";
import type { Format } from "../output/print.ts";

/** What every command takes. */
export interface Common {
  output: Format;
}

/** The files that a command takes. */
export const FILES = {
  type: "string",
  array: true,
  demandOption: true,
  describe: "YAML files; - is standard input",
} as const;

/** `--output`. */
export const OUTPUT = {
  alias: "o",
  choices: ["text", "json"] as const,
  default: "text" as Format,
  describe: "for people, or for programs",
};

/** `--filter`. */
export const FILTER = {
  alias: "f",
  type: "string",
  choices: filterNames(),
  describe: "the filter, where the resource does not name it",
} as const;
