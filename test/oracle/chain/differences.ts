/** Where `signalbox` differs from a chain of its filters on purpose, each with its reason. Everything else must agree. */

export interface Difference {
  what: string;
  why: string;
}

export const DIFFERENCES: readonly Difference[] = [];
