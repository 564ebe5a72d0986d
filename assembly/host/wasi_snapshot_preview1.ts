/**
 * The WASI functions that filters use. The file's name is the module's name (see `env.ts`).
 */

/** Fills `length` bytes at `start` with random ones; 0 where it worked. Envoy gives at most 64 KiB a call. */
export declare function random_get(start: usize, length: usize): u32;

/** Writes the time of clock `id` (0 realtime, 1 monotonic) in nanoseconds to `time`: a u64; 0 where it worked. */
export declare function clock_time_get(id: u32, precision: u64, time: usize): u32;

/** Writes how many environment variables there are, and how many bytes `environ_get` needs for them; 0 where it worked. */
export declare function environ_sizes_get(count: usize, size: usize): u32;

/** Writes the variables, each `name=value` and a NUL, to `buffer`, and the address of each to `addresses`; 0 where it worked. */
export declare function environ_get(addresses: usize, buffer: usize): u32;
