import { bitsOf, nextState } from "./split-mix";

/** The first numbers of a sequence, in hexadecimal. */
function drawn(seed: u64, count: i32): string {
  const all: string[] = [];
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = nextState(state);
    all.push(bitsOf(state).toString(16));
  }
  return all.join(" ");
}

describe("SplitMix64", () => {
  it("draws what the reference implementation does (Vigna, prng.di.unimi.it/splitmix64.c) for the seeds 0 and 1234567", () => {
    expect(drawn(0, 5)).toBe("e220a8397b1dcdaf 6e789e6aa1b965f4 6c45d188009454f f88bb8a8724c81ec 1b39896a51a8749b");
    expect(drawn(1234567, 3)).toBe("599ed017fb08fc85 2c73f08458540fa5 883ebce5a3f27c77");
  });

  it("goes on from the end of the states to their beginning", () => {
    // -0x9e3779b97f4a7c15 modulo 2^64 is the state before 0, of which every step of the mixing makes 0.
    expect<u64>(nextState(0x61c8864680b583eb)).toBe(0);
    expect<u64>(bitsOf(0)).toBe(0);
  });
});
