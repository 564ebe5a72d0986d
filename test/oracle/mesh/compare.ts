/** What two meshes make of the same request. */
import { isDeepStrictEqual } from "node:util";
import { comparable } from "./differences.ts";
import { isServed } from "./observation.ts";
import type { Observation } from "./observation.ts";

/** Where the converted mesh decides otherwise than the original, a line for each part; none if it does not. */
export function disagreements(original: Observation, converted: Observation): string[] {
  const [a, b] = [comparable(original), comparable(converted)];
  const lines: string[] = [];
  for (const part of ["status", "cluster", "upstream", "headers", "body"] as const) {
    if (isDeepStrictEqual(a[part], b[part])) continue;
    lines.push(`${part}: originally ${JSON.stringify(a[part])}, converted ${JSON.stringify(b[part])}`);
  }
  if (lines.length > 0) lines.push(`details: originally ${original.details}, converted ${converted.details}`);
  return lines;
}

/** What is worse on the way from one mesh to the other: undefined if nothing is. */
export function worsened(original: Observation, between: Observation): string | undefined {
  if (isServed(original) && !isServed(between)) {
    return `served originally, and on the way ${between.status} (${between.details})`;
  }
  if (original.status === 403 && isServed(between)) return "denied originally, and served on the way";
  return undefined;
}
