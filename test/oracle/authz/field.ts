import type { Random } from "../random.ts";
import type { Draft } from "./draft.ts";

/** One thing that a rule can ask about: how its values are written, and how a request comes to have them. */
export interface Field {
  /** As the coverage table has it; its twin is named `not…` or `notValues`. */
  name: string;
  place: "source" | "operation" | "when";
  /** The key in its source, operation or condition. */
  key: (random: Random) => string;
  /** Whether it asks who the peer is. */
  ofIdentity?: boolean;
  /** Whether a request alone cannot come to have its values, but needs a connection of its own. */
  ofConnection?: boolean;
  /** Makes a value of each form that this field knows, for a key. */
  operators: Readonly<Record<string, (random: Random, key: string) => string>>;
  /** A value that no request has, the more of which the longer a list becomes. */
  filler: (index: number, key: string) => string;
  /** Forms that a list of several leaves out, because every request would meet it, or none. */
  alone?: readonly string[];
  /** Makes a request have what one of `values` takes, or, where not `hit`, something close to that which none takes. */
  aim: (random: Random, draft: Draft, values: readonly string[], hit: boolean, key: string) => void;
}

/** The same values and aim under a `when` key. */
export function asCondition(field: Field, key: string): Field {
  return { ...field, name: key, place: "when", key: () => key };
}
