/** How many of those times, in milliseconds, lie in one window at most, less what a rate a second allows in its length. */
export function mostAboveRate(times: readonly number[], rate: number): number {
  // The sum of 1 for each and -rate for each second has its largest rise over the window that is worst.
  let most = 0;
  let rise = 0;
  let last = times[0] ?? 0;
  for (const time of times) {
    rise = Math.max(0, rise - ((time - last) / 1000) * rate) + 1;
    last = time;
    most = Math.max(most, rise);
  }
  return most;
}
