import type { Snapshot } from "./snapshot.ts";

/** Gives `size` random bytes. */
export interface RandomSource {
  (size: number): Uint8Array;
  /** What puts it back to where it is now, where it can. */
  snapshot?: Snapshot;
}

/** A sequence that its seed determines (xorshift32, Marsaglia 2003); not for secrets. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0 || 1;
  const source: RandomSource = (size) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state >>> 24;
    }
    return bytes;
  };
  source.snapshot = () => {
    const saved = state;
    return () => void (state = saved);
  };
  return source;
}

/** The platform's own random numbers. */
export const systemRandom: RandomSource = (size) => crypto.getRandomValues(new Uint8Array(size));
