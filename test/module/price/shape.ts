import type { StreamOptions } from "../../../emulator/index.ts";

/** How many rules there are of a shape. */
export const MANY = 5000;

/** Rules of one kind, and a request that only the last of them meets. */
export interface Shape {
  readonly filter: string;
  readonly what: string;
  /** A configuration of so many rules; the last is the same however many there are. */
  readonly document: (count: number) => string;
  readonly request: StreamOptions;
  /** How many times as much as with one rule alone the request may cost with `MANY`. */
  readonly most: number;
}

/** The last `count` of `MANY` rules, with commas between. */
export function lastOf(count: number, rule: (n: number) => string): string {
  return Array.from({ length: count }, (_, i) => rule(MANY - count + i)).join(",");
}
