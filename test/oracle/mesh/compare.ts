/** What two meshes make of the same request. */
import { isDeepStrictEqual } from "node:util";
import { areMeantToDiffer, comparable } from "./differences.ts";
import { isServed } from "./observation.ts";
import type { Observation } from "./observation.ts";

/** Where the converted mesh decides otherwise than the original, a line for each part; none if it does not. */
export function disagreements(original: Observation, converted: Observation): string[] {
  if (areMeantToDiffer(original, converted)) return [];
  const [a, b] = [comparable(original), comparable(converted)];
  const lines: string[] = [];
  for (const part of ["status", "cluster", "upstream", "headers", "body"] as const) {
    if (isDeepStrictEqual(a[part], b[part])) continue;
    const [was, is] = differing(a[part], b[part]);
    lines.push(`${part}: originally ${JSON.stringify(was)}, converted ${JSON.stringify(is)}`);
  }
  if (lines.length > 0) lines.push(`details: originally ${original.details}, converted ${converted.details}`);
  return lines;
}

/** What is worse on the way from one mesh to the other: undefined if nothing is. */
export function worsened(original: Observation, between: Observation): string | undefined {
  if (areMeantToDiffer(original, between)) return undefined;
  if (isServed(original) && !isServed(between)) {
    return `served originally, and on the way ${between.status} (${between.details})`;
  }
  if (original.status === 403 && isServed(between)) return "denied originally, and served on the way";
  return undefined;
}

/** Two values without what they have in common. */
function differing(a: unknown, b: unknown): [unknown, unknown] {
  if (!isObject(a) || !isObject(b)) return [a, b];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((key) => !isDeepStrictEqual(a[key], b[key]));
  const pairs = keys.map((key) => [key, differing(a[key], b[key])] as const);
  return [0, 1].map((side) => Object.fromEntries(pairs.map(([key, pair]) => [key, pair[side]]))) as [unknown, unknown];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
