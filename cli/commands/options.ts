import { Argument, InvalidArgumentError, Option } from "commander";
import { carriedModules } from "../carried.ts";
import { A_NAME, A_NAMESPACE, isName, isNamespace } from "../input/names.ts";
import type { Format } from "../output/print.ts";
import { anyOf, suggestion } from "../schema/problem.ts";

/** What `validate` and `explain` take. */
export interface Common {
  output: Format;
}

/** The files that a command takes. */
export function filesArgument(description = "YAML files and folders; - is standard input"): Argument {
  return new Argument("<files...>", description);
}

/** `--output`. */
export function outputOption(): Option {
  return choice("-o, --output <format>", "text for people, json for programs", ["text", "json"]).default("text");
}

/** `--filter`. */
export function filterOption(description = "the filter, where the resource does not name it"): Option {
  return choice("-f, --filter <filter>", description, carriedModules());
}

/** An option that takes one of some values. */
export function choice(flags: string, description: string, values: readonly string[]): Option {
  return new Option(flags, description).choices(values).argParser(oneOf(values));
}

/** Reads one of some values. Where another is given, the message names the nearest. */
export function oneOf(values: readonly string[]): (given: string) => string {
  return (given) => {
    if (values.includes(given)) return given;
    throw new InvalidArgumentError(`expected ${anyOf(values)}${suggestion(given, values)}`);
  };
}

/** An option that takes the name of a resource to be, or of a namespace. */
export function nameOption(flags: string, description: string, what: "name" | "namespace"): Option {
  return new Option(flags, description).argParser((given: string) => {
    if (what === "name" ? isName(given) : isNamespace(given)) return given;
    throw new InvalidArgumentError(`expected ${what === "name" ? A_NAME : A_NAMESPACE}`);
  });
}

/** An option that can be given several times, each time with one value. */
export function repeated(flags: string, description: string): Option {
  const option = new Option(flags, description).argParser((given: string, before: string[]) => [...before, given]);
  // `optionDescription` keeps the empty list out of the help.
  option.defaultValue = [];
  return option;
}

/** An option that takes a whole number. */
export function wholeNumber(flags: string, description: string, least: number, most: number): Option {
  return new Option(flags, description).argParser((given: string) => {
    const value = /^\d+$/.test(given) ? Number(given) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`expected a whole number from ${least} to ${most}`);
  });
}
