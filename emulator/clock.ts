/** The time that modules see. It moves only when it is set or advanced. */
export class Clock {
  /** Wall-clock time, nanoseconds since 1970; 2026-01-01T00:00:00Z at first. */
  realtime = 1_767_225_600_000_000_000n;
  /** Monotonic time in nanoseconds; one hour at first. */
  monotonic = 3_600_000_000_000n;

  /** Moves both forward. */
  advance(milliseconds: number): void {
    const nanoseconds = BigInt(Math.round(milliseconds * 1e6));
    this.realtime += nanoseconds;
    this.monotonic += nanoseconds;
  }
}
