import type { Comparison, Difference } from "./comparison.ts";
import { smallest } from "./shrink.ts";

/** Differences that are alike. */
export interface Kind {
  /** How many of the requests show it, draws counted each. */
  readonly count: number;
  /** The smallest request that was found for it. */
  readonly example: Difference;
}

/** How many examples of a kind are kept, the smallest ones. */
const KEPT = 3;

/** The kinds of differences that were found. */
export class Kinds {
  private readonly found = new Map<string, { count: number; examples: Difference[] }>();

  add(difference: Difference): void {
    const known = this.found.get(difference.kind) ?? { count: 0, examples: [] };
    known.count++;
    known.examples.push(difference);
    known.examples.sort((a, b) => sizeOf(a) - sizeOf(b)).splice(KEPT);
    this.found.set(difference.kind, known);
  }

  get size(): number {
    return this.found.size;
  }

  /** Each kind with a smallest request, in the order in which they were found. */
  shrunk(comparison: Comparison, fixed: readonly string[]): Kind[] {
    return [...this.found.values()].map(({ count, examples }) => {
      const all = examples.map((one) => smallest(one, comparison, fixed));
      const [example = all[0] as Difference] = all.sort((a, b) => sizeOf(a) - sizeOf(b));
      return { count, example };
    });
  }
}

function sizeOf({ request }: Difference): number {
  return JSON.stringify(request).length;
}
