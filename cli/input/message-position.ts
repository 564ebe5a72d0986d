import type { Source } from "./documents.ts";
import type { Path } from "./path.ts";
import { positionOf, type Position } from "./position.ts";

/** What a filter says of the name of a field (`assembly/config/place.ts`), which the message's path does not have. */
const UNKNOWN_FIELD = /^unknown field ("(?:[^"\\]|\\.)*")/;

/**
 * Where a filter's message about a pluginConfig belongs: the name of a field that is unknown or not supported, else the value.
 *
 * @param at the way to the pluginConfig in its document
 * @param path the message's path (`splitMessage`)
 */
export function messagePosition(source: Source, at: Path, path: Path, message: string): Position {
  const quoted = UNKNOWN_FIELD.exec(message)?.[1];
  const within = quoted === undefined ? path : [...path, JSON.parse(quoted) as string];
  const ofName = quoted !== undefined || message.startsWith("not supported: ");
  return positionOf(source, [...at, ...within], ofName);
}
