import { seededRandom, type RandomSource } from "../../emulator/index.ts";

/** Choices that a seed determines, so that a comparison can be repeated. */
export class Choices {
  private readonly bytes: RandomSource;

  constructor(seed: number) {
    // Neighbouring seeds begin far apart.
    this.bytes = seededRandom(Math.imul(seed + 1, 0x9e3779b1) ^ 0x5bd1e995);
  }

  /** A whole number from 0 on, below `count`. */
  below(count: number): number {
    const [a = 0, b = 0, c = 0, d = 0] = this.bytes(4);
    return (((a << 24) | (b << 16) | (c << 8) | d) >>> 0) % count;
  }

  /** One of a list; undefined if it is empty. */
  of<T>(list: readonly T[]): T | undefined {
    return list.length === 0 ? undefined : list[this.below(list.length)];
  }

  /** At most `count` of a list, each once. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0) taken.push(...rest.splice(this.below(rest.length), 1));
    return taken;
  }
}
