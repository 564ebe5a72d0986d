import { randomBelow } from "../../assembly/host/random";

/** Milliseconds to wait at most after a first failure. */
const FIRST: u32 = 1000;
/** It is doubled so often at most: 1000 · 2¹² ms are more than an hour, which is the longest wait that a configuration can ask for. */
const DOUBLINGS: u32 = 12;

/**
 * How many milliseconds to wait before the next attempt, after `failures` failures in a row before the one that just was: up to a second, up to
 * twice as long after each further one, up to `longest`. It is between half of that and all of it by chance, as proxies that lost a
 * server at one time must not come back at one time.
 */
export function growingWait(failures: u32, longest: u32): u32 {
  const most = min(FIRST << min(failures, DOUBLINGS), longest);
  return most - randomBelow(most / 2);
}
