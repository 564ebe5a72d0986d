import type { Source } from "../input/documents.ts";
import type { Path } from "../input/path.ts";
import { plainText } from "../input/position.ts";

/** How a filter and the schema say that a value is no string, and which it is. */
const NO_STRING = /expected a string(?: that is not empty)?, got (true|false|null|-?[\d.]+(?:e[+-]?\d+)?)$/;

/** What YAML made of a word that was meant as a string: ` YAML reads y as true; write "y"`. Empty where it is none. */
export function quotingHint(source: Source, path: Path, message: string): string {
  const value = NO_STRING.exec(message)?.[1];
  const text = plainText(source, path);
  if (value === undefined || text === undefined || text === "") return "";
  return text === value ? `; write "${text}"` : `; YAML 1.1 reads ${text} as ${value}: write "${text}"`;
}

/** Istio's abort has no `percent`, unlike its delay. */
export function percentageHint(message: string): string {
  return message.startsWith('unknown field "percent"') ? "; write percentage: { value: 10 }" : "";
}
