/** Gives `size` random bytes. */
export type RandomSource = (size: number) => Uint8Array;

/** A sequence that its seed determines (xorshift32, Marsaglia 2003); not for secrets. */
export function seededRandom(seed: number): RandomSource {
  let state = seed >>> 0 || 1;
  return (size) => {
    const bytes = new Uint8Array(size);
    for (let i = 0; i < size; i++) {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      bytes[i] = state >>> 24;
    }
    return bytes;
  };
}

/** The platform's own random numbers. */
export const systemRandom: RandomSource = (size) => crypto.getRandomValues(new Uint8Array(size));
