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
