import { randomBelow, randomBits, seedRandom } from "./random";

describe("randomBits", () => {
  it("is SplitMix64 (the outputs for seed 1234567, as in Rosetta Code's task of that name)", () => {
    seedRandom(1234567);
    expect<u64>(randomBits()).toBe(6457827717110365317);
    expect<u64>(randomBits()).toBe(3203168211198807973);
    expect<u64>(randomBits()).toBe(9817491932198370423);
    expect<u64>(randomBits()).toBe(4593380528125082431);
    expect<u64>(randomBits()).toBe(16408922859458223821);
  });

  it("starts anew with a seed", () => {
    seedRandom(1234567);
    randomBits();
    seedRandom(1234567);
    expect<u64>(randomBits()).toBe(6457827717110365317);
  });
});

describe("randomBelow", () => {
  it("takes the share of the bound that the upper 32 bits are", () => {
    seedRandom(1234567);
    // 6457827717110365317 / 2^64 = 0.35008…, 3203168211198807973 / 2^64 = 0.17364…, 9817491932198370423 / 2^64 = 0.5322…
    expect<u32>(randomBelow(100)).toBe(35);
    expect<u32>(randomBelow(100)).toBe(17);
    expect<u32>(randomBelow(1000)).toBe(532);
    expect<u32>(randomBelow(1)).toBe(0);
    expect<u32>(randomBelow(0)).toBe(0);
  });

  it("stays below the bound and reaches every number, each about as often", () => {
    seedRandom(42);
    const counts = new StaticArray<i32>(7);
    for (let i = 0; i < 70000; i++) counts[randomBelow(7)]++;
    // Of 70,000 draws 10,000 each, within five standard deviations: sqrt(70000 · 1/7 · 6/7) = 92.6.
    for (let i = 0; i < 7; i++) expect(abs(counts[i] - 10000)).toBeLessThan(463);
    seedRandom(42);
    let largest: u32 = 0;
    for (let i = 0; i < 1000; i++) largest = max(largest, randomBelow(u32.MAX_VALUE));
    expect<u32>(largest).toBeLessThan(u32.MAX_VALUE);
    expect<u32>(largest).toBeGreaterThan(0xf0000000);
  });
});
