import type { Target } from "../report/targets.ts";
import type { Rotation } from "../measure/load.ts";
import type { Skipped, Variant } from "../variants/variant.ts";

/** A row of the same thing with more and more rules, ours beside Envoy's own. */
export interface Ladder {
  /** What there is more and more of, such as "routes, the last one taken". */
  what: string;
  counts: readonly number[];
  ours: Rail;
  native: Rail;
}

/** One side of a ladder. */
export interface Rail {
  /** What the table and the chart call it. */
  title: string;
  /** The name of its variant with so many rules. */
  name: (count: number) => string;
}

/** What is measured and judged together, in one Envoy. */
export interface Suite {
  /** Short: names the files of its results. */
  name: string;
  /** With no filter: what all others are compared with. */
  base: Variant;
  /** Headers of the measured request beside those of all suites (`measure/requests.ts`). */
  headers?: Readonly<Record<string, string>>;
  /** A header of which each request has another value. */
  rotates?: Rotation;
  /** Whether an upstream answers, in the process that sends the load; if not, Envoy answers by itself. */
  upstream?: boolean;
  others: readonly (Variant | Skipped)[];
  /** Absent where nothing grows in number. */
  ladder?: Ladder;
  targets: readonly Target[];
  /** Whether a variant is this project's own. */
  isOurs: (name: string) => boolean;
  /** How many decimals the microseconds have in the table; one if nothing is said. */
  decimals?: number;
  /** Whether its result is printed and not kept: it depends on what is on this machine, or is for those who change a filter. */
  printedOnly?: boolean;
}

/** Whether a variant's figure belongs into the ladder's table and not among the others: all but the first rung. */
export function isRung({ ladder }: Suite, name: string): boolean {
  if (ladder === undefined) return false;
  const { counts, ours, native } = ladder;
  return counts.some((count) => count > 1 && (ours.name(count) === name || native.name(count) === name));
}
