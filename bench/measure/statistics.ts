/** What one series of figures comes to. All in the unit of the figures. */
export interface Summary {
  median: number;
  /** The first and third quartile: half of the figures lie between them. */
  lower: number;
  upper: number;
  least: number;
  most: number;
  count: number;
}

/**
 * The value below which the share `p` (0 to 1) of the figures lies, interpolated linearly between neighbours
 * (Hyndman and Fan's type 7, the default of R and NumPy). The figures need not be sorted.
 *
 * @throws RangeError where there are no figures or `p` lies outside 0 to 1
 */
export function quantile(figures: readonly number[], p: number): number {
  if (figures.length === 0) throw new RangeError("a quantile of no figures");
  if (!(p >= 0 && p <= 1)) throw new RangeError(`a quantile at ${p}: expected 0 to 1`);
  const sorted = [...figures].sort((a, b) => a - b);
  const at = (sorted.length - 1) * p;
  const below = Math.floor(at);
  const above = Math.ceil(at);
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (at - below);
}

/** The middle figure, or the mean of the two in the middle. */
export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** Median, quartiles and extremes of a series. */
export function summarize(figures: readonly number[]): Summary {
  return {
    median: median(figures),
    lower: quantile(figures, 0.25),
    upper: quantile(figures, 0.75),
    least: Math.min(...figures),
    most: Math.max(...figures),
    count: figures.length,
  };
}
