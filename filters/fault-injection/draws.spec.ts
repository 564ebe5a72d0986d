import { text } from "../../test/support/spec/bytes";
import { seedRandom } from "../../assembly/host/random";
import { drawAtRandom, drawBits, drawBy, drawHolds, drawUnit } from "./draws";

const KEYS = 100000;
const MILLION = 1000000;

/** Whether each of two faults, told apart by their seeds, befalls a user: 1 for the first, 2 for the second. */
function befalling(user: i32, first: u64, second: u64, share: u32): i32 {
  const key = text("user-" + user.toString());
  drawBy(key.start, key.length, first);
  const one = drawHolds(share);
  drawBy(key.start, key.length, second);
  return (<i32>one) | ((<i32>drawHolds(share)) << 1);
}

/** How often of `draws` draws a case comes about. */
function holding(numerator: u32, draws: i32): i32 {
  let count = 0;
  for (let i = 0; i < draws; i++) if (drawHolds(numerator)) count++;
  return count;
}

/** Asserts that a count of `draws` independent draws is within five standard deviations: of 1,700,000 runs one is not. */
function near(count: i32, draws: i32, share: f64): void {
  const expected = share * draws;
  expect(Math.abs(count - expected)).toBeLessThan(5 * Math.sqrt(expected * (1 - share)), count.toString());
}

describe("draws at random", () => {
  it("are those of the VM's generator (SplitMix64 for the seed 1234567)", () => {
    seedRandom(1234567);
    drawAtRandom();
    expect<u64>(drawBits()).toBe(6457827717110365317);
    expect<u64>(drawBits()).toBe(3203168211198807973);
    expect<u64>(drawBits()).toBe(9817491932198370423);
  });
});

describe("draws by a key", () => {
  it("are SplitMix64 from XXH64 of the key", () => {
    // XXH64 of "" and "abc" are ef46db3751d8e999 and 44bc2cf5ad770999; what follows was worked out with BigInt.
    const nothing = text("");
    drawBy(nothing.start, 0, 0);
    expect<u64>(drawBits()).toBe(16751153094010446916);
    expect<u64>(drawBits()).toBe(327724123123846954);
    const abc = text("abc");
    drawBy(abc.start, 3, 0);
    expect<u64>(drawBits()).toBe(17613396032652039863);
    expect<u64>(drawBits()).toBe(17673335952282591478);
    expect<u64>(drawBits()).toBe(16825738482969919403);
  });

  it("are the same each time, and leave those at random where they were", () => {
    const key = text("user-1");
    seedRandom(1234567);
    drawAtRandom();
    drawBits();
    drawBy(key.start, key.length, 7);
    const first = drawBits();
    const second = drawBits();
    drawBy(key.start, key.length, 7);
    expect<u64>(drawBits()).toBe(first);
    expect<u64>(drawBits()).toBe(second);
    drawAtRandom();
    expect<u64>(drawBits()).toBe(3203168211198807973);
  });

  it("know nothing of each other for two seeds: 10 % of the users meet either fault, 1 % meet both", () => {
    let one = 0;
    let other = 0;
    let both = 0;
    for (let i = 0; i < KEYS; i++) {
      const met = befalling(i, 1, 2, 100000);
      one += met & 1;
      other += met >> 1;
      if (met == 3) both++;
    }
    near(one, KEYS, 0.1);
    near(other, KEYS, 0.1);
    near(both, KEYS, 0.01);
  });

  it("meet the same users for one seed: who meets 10 % meets 20 % too", () => {
    let lost = 0;
    for (let i = 0; i < 1000; i++) {
      const key = text("user-" + i.toString());
      drawBy(key.start, key.length, 3);
      const few = drawHolds(100000);
      drawBy(key.start, key.length, 3);
      if (few && !drawHolds(200000)) lost++;
    }
    expect(lost).toBe(0);
  });
});

describe("drawHolds", () => {
  it("compares the remainder by a million (the draws end in 365317 and 807973)", () => {
    const before: u32[] = [365317, 807973];
    for (let i = 0; i < 2; i++) {
      for (let more: u32 = 0; more < 2; more++) {
        seedRandom(1234567);
        drawAtRandom();
        if (i == 1) drawBits();
        expect(drawHolds(before[i] + more)).toBe(more == 1);
      }
    }
  });

  it("is never for 0 %, always for 100 % and more", () => {
    seedRandom(11);
    drawAtRandom();
    expect(holding(0, MILLION)).toBe(0);
    expect(holding(1000000, MILLION)).toBe(MILLION);
    expect(holding(u32.MAX_VALUE, MILLION)).toBe(MILLION);
  });

  it("is as often as the share says for 50 %, 10 % and 0.0001 %", () => {
    seedRandom(12);
    drawAtRandom();
    near(holding(500000, MILLION), MILLION, 0.5);
    near(holding(100000, MILLION), MILLION, 0.1);
    // Ten of ten million, by Poisson's law: none in 45 of a million runs, more than 28 in 1 of a million.
    const rare = holding(1, 10 * MILLION);
    expect(rare > 0 && rare <= 28).toBe(true, rare.toString());
  });
});

describe("drawUnit", () => {
  it("is never 0 or 1: half a step away from them at the ends", () => {
    // The states whose next bits are all zeroes, and all ones (the mixing undone, with BigInt).
    seedRandom(0x61c8864680b583eb);
    drawAtRandom();
    expect<f64>(drawUnit()).toBe(Math.pow(2, -53));
    seedRandom(0xcf9a04affa6badc0 - 0x9e3779b97f4a7c15);
    expect<f64>(drawUnit()).toBe(1 - Math.pow(2, -53));
    expect(1 - Math.pow(2, -53) < 1).toBe(true);
  });

  it("is the upper 52 bits, in the middle of their step", () => {
    seedRandom(1234567);
    drawAtRandom();
    // 0x599ed017fb08f and a half, of 2^52 steps.
    expect<f64>(drawUnit() * 4503599627370496).toBe(<f64>0x599ed017fb08f + 0.5);
  });

  it("has the mean and the variance of what is evenly spread from 0 to 1", () => {
    seedRandom(13);
    drawAtRandom();
    let sum = 0.0;
    let squares = 0.0;
    for (let i = 0; i < MILLION; i++) {
      const unit = drawUnit();
      sum += unit;
      squares += unit * unit;
    }
    // 1/2 and 1/3, within five standard errors: sqrt(1/12) and sqrt(1/5 - 1/9) of one draw.
    expect(Math.abs(sum / MILLION - 0.5)).toBeLessThan((5 * 0.288675) / 1000);
    expect(Math.abs(squares / MILLION - 0.333333)).toBeLessThan((5 * 0.298142) / 1000);
  });
});
