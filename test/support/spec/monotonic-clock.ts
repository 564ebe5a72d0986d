/**
 * The monotonic clock of a proxy; a specification exports the call from here (`test/support/spec/imports.js`).
 */

class MonotonicClock {
  /** Nanoseconds; 0 where the host does not say. */
  now: u64 = 1;
  /** How often it was asked. */
  reads: i32 = 0;
}

export const monotonicClock: MonotonicClock = new MonotonicClock();

/** WASI's call: 0 with the time of clock 1, else an error's number (8 is `badf`, 28 `inval`). */
export function clock_time_get(clock: u32, _precision: u64, time: usize): u32 {
  monotonicClock.reads++;
  if (clock != 1) return 28;
  if (monotonicClock.now == 0) return 8;
  store<u64>(time, monotonicClock.now);
  return 0;
}
