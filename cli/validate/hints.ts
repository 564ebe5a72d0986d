import type { Source } from "../input/documents.ts";
import type { Path } from "../input/path.ts";
import { plainText } from "../input/position.ts";

/** How a filter and the schema say that a value is no string, and which it is. */
const NO_STRING =
  /expected a string(?: that is not empty)?, got (true|false|null|-?[\d.]+(?:e[+-]?\d+)?)(: YAML reads .*)?$/;

/**
 * A message, with what YAML made of a word that was meant as a string: `…; YAML 1.1 reads y as true: write "y"`, which stands
 * for what the filter says of such words in general, as it does not see them. Without that if the value is none.
 */
export function withQuoting(source: Source, path: Path, message: string): string {
  const [, value, general = ""] = NO_STRING.exec(message) ?? [];
  const text = plainText(source, path);
  if (value === undefined || text === undefined || text === "") return message;
  const said = message.slice(0, message.length - general.length);
  return text === value ? `${said}; write "${text}"` : `${said}; YAML 1.1 reads ${text} as ${value}: write "${text}"`;
}

/** Istio's abort has no `percent`, unlike its delay. */
export function percentageHint(message: string): string {
  return message.startsWith('unknown field "percent"') ? "; write percentage: { value: 10 }" : "";
}
