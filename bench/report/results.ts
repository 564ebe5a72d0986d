import { summarize, type Summary } from "../measure/statistics.ts";
import type { Suite } from "../suites/suite.ts";
import type { Skipped, Variant } from "../variants/variant.ts";
import type { Costs } from "./targets.ts";

/** All that one run found. */
export interface Results {
  suite: Suite;
  machine: string;
  envoy: string;
  /** The day, as in 2026-01-31. */
  date: string;
  /** How it was measured, in a sentence. */
  method: string;
  /** Shares (0 to 1) of the machine's CPU time that went elsewhere while it was measured. */
  disturbance: { others: number; stolen: number };
  /** What it came to in each process of Envoy, in the order of their starts. */
  processes: readonly ProcessResult[];
  variants: readonly (Variant | Skipped)[];
}

/** What one process came to, in microseconds of CPU time a request: medians of turns. */
export interface ProcessResult {
  /** With no filter. */
  base: number;
  /** What each variant measured adds to that, by its name. */
  added: Costs;
}

/** What the processes found with no filter. */
export function baseOf({ processes }: Results): Summary {
  return summarize(processes.map(({ base }) => base));
}

/** What the processes found that each variant measured adds, by its name. */
export function addedOf({ processes }: Results): ReadonlyMap<string, Summary> {
  const names = [...(processes[0]?.added.keys() ?? [])];
  return new Map(names.map((name) => [name, summarize(processes.map(({ added }) => added.get(name)!))]));
}
