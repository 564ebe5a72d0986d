/** How many nanoseconds a millisecond and a second have: the host's clocks count in nanoseconds. */
export const NANOSECONDS_PER_MILLISECOND: u64 = 1_000_000;
export const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;
