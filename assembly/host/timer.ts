import { proxy_set_tick_period_milliseconds } from "@solo-io/proxy-runtime/assembly/imports";
import { Status } from "./status";

/**
 * Sets the timer of the current context's root, one per worker: the host calls `proxy_on_tick` after so many milliseconds, and
 * again after each such period, until it is set anew; 0 turns it off. Within `proxy_on_tick` too (Envoy
 * `source/extensions/common/wasm/wasm.cc: setTimerPeriod`).
 */
export function setTimer(milliseconds: u32): Status {
  return <Status>proxy_set_tick_period_milliseconds(milliseconds);
}
