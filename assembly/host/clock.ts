import { proxy_get_current_time_nanoseconds } from "@solo-io/proxy-runtime/assembly/imports";
import { Status } from "./status";
import { clock_time_get } from "./wasi_snapshot_preview1";

const MONOTONIC: u32 = 1;
const out: usize = memory.data(8, 8);

/** Nanoseconds since 1970; 0 where the host does not say. The host's clock may be set back: measure with `monotonicTime`. */
export function wallTime(): u64 {
  return <Status>proxy_get_current_time_nanoseconds(out) == Status.OK ? load<u64>(out) : 0;
}

/** Nanoseconds of a clock that only goes on; 0 where the host does not say. */
export function monotonicTime(): u64 {
  return clock_time_get(MONOTONIC, 1, out) == 0 ? load<u64>(out) : 0;
}

/** Two readings that are this close, in nanoseconds, count as one moment: nothing had to wait between them. Each takes about 100. */
const ONE_MOMENT: u64 = 10_000;
/** If a thread has to wait at each of them, the machine has no time for more. */
const MAX_READINGS: i32 = 3;

/**
 * Nanoseconds since 1970 at a recent moment of `monotonicTime`; 0 where the host does not say.
 *
 * The host reads one clock at a time, and the thread may have to wait between the two for longer than a request takes to the next proxy: a span
 * that is placed by them would begin after its child. So `monotonicTime` is read before and after, and all again if that took long.
 */
export function wallTimeAt(moment: u64): u64 {
  let before = moment;
  let wall = wallTime();
  for (let left = MAX_READINGS - 1; left > 0; left--) {
    const after = monotonicTime();
    if (after - before <= ONE_MOMENT || after == 0 || moment == 0) break;
    before = after;
    wall = wallTime();
  }
  const since = before - moment;
  return wall > since ? wall - since : 0;
}
