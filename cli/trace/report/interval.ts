/** A part of time, in microseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** How much of an interval others cover together, in microseconds. */
export function covered({ start, end }: Interval, others: readonly Interval[]): number {
  let sum = 0;
  let at = start;
  for (const other of [...others].sort((a, b) => a.start - b.start)) {
    const from = Math.max(at, other.start);
    const to = Math.min(end, other.end);
    if (to > from) {
      sum += to - from;
      at = to;
    }
  }
  return sum;
}
