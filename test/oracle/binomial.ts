/** The binomial distribution, for comparing how often something came about with how often it was to. */

/** The natural logarithm of the chance of exactly `hits` of `trials`, each with the chance `share`, which is above 0 and below 1. */
function logChance(hits: number, trials: number, share: number): number {
  let chance = hits * Math.log(share) + (trials - hits) * Math.log1p(-share);
  for (let i = 1; i <= hits; i++) chance += Math.log((trials - hits + i) / i);
  return chance;
}

/**
 * How likely it is to be as far off as `hits` of `trials`, or further, on whichever side it is less likely, twice: the
 * two-sided p-value of the exact binomial test. Exact but for rounding: each tail is summed from `hits` outwards, every term
 * from the one before it, and the terms are all positive.
 *
 * @param share the chance of each trial, 0 and 1 included
 */
export function twoSided(hits: number, trials: number, share: number): number {
  if (share <= 0 || share >= 1) return hits === trials * Math.min(1, Math.max(0, share)) ? 1 : 0;
  const here = Math.exp(logChance(hits, trials, share));
  const odds = share / (1 - share);
  let below = here;
  for (let i = hits, term = here; i > 0 && term > 0; i--) below += term *= i / ((trials - i + 1) * odds);
  let above = here;
  for (let i = hits, term = here; i < trials && term > 0; i++) above += term *= ((trials - i) / (i + 1)) * odds;
  return Math.min(1, 2 * Math.min(below, above));
}
