/**
 * The value that this many percent of all values do not exceed: always one of them (nearest rank). 0 if there are none.
 *
 * @param sorted from small to large
 */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? 0;
}

/** Microseconds as milliseconds, to the microsecond. */
export function milliseconds(micros: number): number {
  return Math.round(micros) / 1000;
}
