/**
 * A small seeded generator for random tests: xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift
 * generators, scrambled", 2016).
 */
export class Random {
  private state: u64;

  constructor(seed: i32) {
    this.state = (<u64>(<u32>seed) + 1) * 0x9e3779b97f4a7c15;
  }

  /** A whole number from 0 to `bound` - 1. */
  below(bound: u32): u32 {
    this.state ^= this.state >> 12;
    this.state ^= this.state << 25;
    this.state ^= this.state >> 27;
    return <u32>(((this.state * 0x2545f4914f6cdd1d) >> 33) % bound);
  }

  /** True in so many of a hundred cases. */
  percent(chance: u32): bool {
    return this.below(100) < chance;
  }

  /** One of the strings. */
  pick(from: string[]): string {
    return from[this.below(from.length)];
  }
}
