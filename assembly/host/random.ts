import { bitsOf, nextState } from "../text/split-mix";
import { wallTime } from "./clock";
import { random_get } from "./wasi_snapshot_preview1";

const seed: usize = memory.data(8, 8);
let state: u64 = 0;
let seeded = false;

/**
 * 64 random bits: SplitMix64 (`text/split-mix.ts`), seeded once per VM from the host, so that drawing costs no host call.
 * Good for shares of traffic; not for secrets.
 */
export function randomBits(): u64 {
  if (!seeded) seedFromHost();
  state = nextState(state);
  return bitsOf(state);
}

/** A random whole number below `bound`, each as likely as the other but for less than `bound` / 2^32. */
export function randomBelow(bound: u32): u32 {
  return <u32>(((randomBits() >> 32) * <u64>bound) >> 32);
}

/** Starts the sequence anew, for tests that need to know what is drawn. */
export function seedRandom(value: u64): void {
  state = value;
  seeded = true;
}

function seedFromHost(): void {
  seedRandom(random_get(seed, 8) == 0 ? load<u64>(seed) : wallTime());
}
