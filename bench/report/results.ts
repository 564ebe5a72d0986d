import type { Summary } from "../measure/statistics.ts";
import type { Suite } from "../suites/suite.ts";
import type { Skipped, Variant } from "../variants/variant.ts";

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
  /** CPU time per request with no filter, in microseconds. */
  base: Summary;
  variants: readonly (Variant | Skipped)[];
  /** What each variant measured adds to that, by its name, in microseconds a request. */
  added: ReadonlyMap<string, Summary>;
}
