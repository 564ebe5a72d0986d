/**
 * A small seeded generator of pseudo-random choices (xorshift32 of Marsaglia, "Xorshift RNGs", 2003, with the shifts
 * 13, 17, 5), so that a failing run can be repeated from its printed seed.
 */
export class Random {
  #state: number;

  /** @param seed any integer; different seeds give different sequences, also neighbouring ones. */
  constructor(seed: number) {
    this.#state = Math.imul(seed | 0, 0x9e3779b1) ^ 0x5bd1e995 || 1;
    for (let i = 0; i < 8; i++) this.#next();
  }

  #next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  /** An integer of 0 to below - 1. */
  int(below: number): number {
    return this.#next() % below;
  }

  /** True in so many per cent of the cases. */
  percent(chance: number): boolean {
    return this.int(100) < chance;
  }

  /** One element; the list must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** Up to `count` different elements, in random order. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0) taken.push(...rest.splice(this.int(rest.length), 1));
    return taken;
  }

  /** So many bytes. */
  bytes(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.#next() >>> 24);
  }

  /** `make()` called `least` to `most` times. */
  times<T>(least: number, most: number, make: (index: number) => T): T[] {
    return Array.from({ length: least + this.int(most - least + 1) }, (_, index) => make(index));
  }
}

/** The seed of this run: `SEED` of the environment, else one from the clock. */
export function seedOfRun(): number {
  const given = process.env["SEED"];
  if (given === undefined || given === "") return Date.now() % 1_000_000_007;
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new Error(`SEED must be an integer, not ${given}`);
  return seed;
}
