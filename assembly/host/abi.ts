import "./abort";
import "../memory/packed-data";
import { arenaTake } from "../memory/arena";

/**
 * The host asks for memory through this when it hands bytes over; they live until the callback ends.
 *
 * Envoy looks for `malloc` first and takes `proxy_on_memory_allocate` where that is missing; the specification and other
 * hosts prefer the latter. Both are exported, and both are this function.
 */
export function malloc(size: usize): usize {
  return arenaTake(size);
}

/** The same as `malloc`. */
export function proxy_on_memory_allocate(size: usize): usize {
  return arenaTake(size);
}

/** The host knows the ABI's version by this export's name; it is never called. */
export function proxy_abi_version_0_2_1(): void {}
