import { seedRandom } from "../../assembly/host/random";
import { Region } from "../../assembly/memory/region";
import { Distribution, DistributionKind } from "./distribution";
import { drawAtRandom } from "./draws";

/** Every comparison is within five standard errors: of 1,700,000 runs with seeds of their own one would fail. */
const CONFIDENCE = 5.0;
const DRAWS = 1000000;
/** Longer than any of the draws, so that nothing is cut. */
const FAR: f64 = 4294967295;

const drawn = new StaticArray<u32>(DRAWS);

function distribution(kind: DistributionKind, max: f64): Distribution {
  const made = changetype<Distribution>(Region.open().take(offsetof<Distribution>()));
  made.kind = kind;
  made.max = max;
  return made;
}

function uniform(min: f64, max: f64): Distribution {
  const made = distribution(DistributionKind.UNIFORM, max);
  made.min = min;
  return made;
}

function normal(mean: f64, standardDeviation: f64, max: f64): Distribution {
  const made = distribution(DistributionKind.NORMAL, max);
  made.mean = mean;
  made.standardDeviation = standardDeviation;
  return made;
}

function exponential(mean: f64, max: f64): Distribution {
  const made = distribution(DistributionKind.EXPONENTIAL, max);
  made.mean = mean;
  return made;
}

function pareto(scale: f64, shape: f64, max: f64): Distribution {
  const made = distribution(DistributionKind.PARETO, max);
  made.scale = scale;
  made.shape = shape;
  return made;
}

function sample(from: Distribution, seed: u64): void {
  seedRandom(seed);
  drawAtRandom();
  for (let i = 0; i < DRAWS; i++) drawn[i] = from.sample();
}

/** Asserts the mean, of draws whose standard deviation is known. Rounding to milliseconds is far below the error. */
function expectMean(mean: f64, deviation: f64): void {
  let sum = 0.0;
  for (let i = 0; i < DRAWS; i++) sum += drawn[i];
  const error = deviation / Math.sqrt(DRAWS);
  expect(Math.abs(sum / DRAWS - mean)).toBeLessThan(CONFIDENCE * error, (sum / DRAWS).toString());
}

/** Asserts the variance about a known mean; `kurtosis` is the fourth central moment divided by the squared variance. */
function expectVariance(mean: f64, variance: f64, kurtosis: f64): void {
  let sum = 0.0;
  for (let i = 0; i < DRAWS; i++) sum += (drawn[i] - mean) * (drawn[i] - mean);
  const error = variance * Math.sqrt((kurtosis - 1) / DRAWS);
  expect(Math.abs(sum / DRAWS - variance)).toBeLessThan(CONFIDENCE * error, (sum / DRAWS).toString());
}

/** Asserts which share of the draws is at most `limit`. */
function expectShareTo(limit: f64, share: f64): void {
  let count = 0;
  for (let i = 0; i < DRAWS; i++) if (<f64>drawn[i] <= limit) count++;
  const error = Math.sqrt(DRAWS * share * (1 - share));
  expect(Math.abs(count - DRAWS * share)).toBeLessThan(CONFIDENCE * error, (<f64>count / DRAWS).toString());
}

function expectAllWithin(least: u32, most: u32): void {
  let outside = 0;
  for (let i = 0; i < DRAWS; i++) if (drawn[i] < least || drawn[i] > most) outside++;
  expect(outside).toBe(0);
}

describe("uniform", () => {
  it("has the mean (a + b) / 2, the variance (b - a)^2 / 12 and the kurtosis 9/5", () => {
    sample(uniform(100000, 700000), 1);
    expectMean(400000, 600000 / Math.sqrt(12));
    expectVariance(400000, 3e10, 1.8);
    expectAllWithin(100000, 700000);
  });

  it("has quantiles as far apart as their shares", () => {
    sample(uniform(100000, 700000), 2);
    expectShareTo(106000, 0.01);
    expectShareTo(250000, 0.25);
    expectShareTo(400000, 0.5);
    expectShareTo(694000, 0.99);
  });

  it("with min and max alike is that delay", () => {
    sample(uniform(250, 250), 3);
    expectAllWithin(250, 250);
  });
});

describe("normal", () => {
  it("with max far away has its mean, its standard deviation and the kurtosis 3", () => {
    sample(normal(500000, 50000, FAR), 4);
    expectMean(500000, 50000);
    expectVariance(500000, 50000.0 * 50000, 3);
  });

  it("has the quantiles of the normal law: Φ(-2) = 0.02275, Φ(-1) = 0.158655, Φ(1) = 0.841345, Φ(3) = 0.99865", () => {
    sample(normal(500000, 50000, FAR), 5);
    expectShareTo(400000, 0.02275013);
    expectShareTo(450000, 0.15865525);
    expectShareTo(500000, 0.5);
    expectShareTo(550000, 0.84134475);
    expectShareTo(650000, 0.9986501);
  });

  it("with max at the mean: half of the draws are max, the mean is σ/sqrt(2π) less, the variance (1/2 - 1/2π) σ^2", () => {
    sample(normal(500000, 50000, 500000), 6);
    expectMean(500000 - 0.39894228 * 50000, Math.sqrt(0.34084506) * 50000);
    expectShareTo(499999, 0.5);
    expectAllWithin(0, 500000);
  });

  it("is never below 0: with the mean σ it is 0 for Φ(-1), and its mean is (Φ(1) + φ(1)) σ", () => {
    // The mean of the square is 2 Φ(1) + φ(1) = 1.924660, so the variance 1.924660 - 1.083315^2 = 0.751088.
    sample(normal(100000, 100000, FAR), 7);
    expectMean(1.08331547 * 100000, Math.sqrt(0.751088) * 100000);
    expectShareTo(0, 0.15865525);
  });
});

describe("exponential", () => {
  it("with max far away has its mean, as large a standard deviation and the kurtosis 9", () => {
    sample(exponential(300000, FAR), 8);
    expectMean(300000, 300000);
    expectVariance(300000, 300000.0 * 300000, 9);
  });

  it("has the quantiles -ln(1 - p) of its mean", () => {
    sample(exponential(300000, FAR), 9);
    expectShareTo(300000 * 0.01005034, 0.01);
    expectShareTo(300000 * 0.69314718, 0.5);
    expectShareTo(300000 * 2.30258509, 0.9);
    expectShareTo(300000 * 6.90775528, 0.999);
  });

  it("with max at the mean: 1/e of the draws are max, the mean is (1 - 1/e) of it", () => {
    // The mean of the square is 2 - 4/e, so the variance 0.528482 - 0.632121^2 = 0.128906 of the mean's square.
    sample(exponential(300000, 300000), 10);
    expectMean(0.63212056 * 300000, Math.sqrt(0.128906) * 300000);
    expectShareTo(299999, 0.63212056);
    expectAllWithin(0, 300000);
  });
});

describe("pareto", () => {
  it("with max far away and the shape 5 has the mean 5/4 and the variance 5/48 of its scale", () => {
    sample(pareto(400000, 5, FAR), 11);
    expectMean(500000, Math.sqrt(5.0 / 48) * 400000);
    expectAllWithin(400000, u32.MAX_VALUE);
  });

  it("has the quantiles (1 - p)^(-1/shape) of its scale: 2^(2/3), 4^(2/3) and 100^(2/3) for 1.5", () => {
    sample(pareto(400000, 1.5, FAR), 12);
    expectShareTo(400000 * 1.58740105, 0.5);
    expectShareTo(400000 * 2.5198421, 0.75);
    expectShareTo(400000 * 21.5443469, 0.99);
  });

  it("with the shape 1.5 and max at 4 times the scale: 1/8 of the draws are max, the mean is 2 and the variance 1", () => {
    // In units of the scale: 3 - 4^-0.5 / 0.5 for the mean, 1 + 2 (4^0.5 - 1) / 0.5 = 5 for the mean of the square.
    sample(pareto(400000, 1.5, 1600000), 13);
    expectMean(800000, 400000);
    expectShareTo(1599999, 0.875);
    expectAllWithin(400000, 1600000);
  });
});

describe("a delay", () => {
  it("is rounded to the nearest millisecond", () => {
    // From 1 to 4: half a step of 3 comes to 1 and to 4 each, a whole one to 2 and 3 each.
    sample(uniform(1, 4), 14);
    expectShareTo(1, 1.0 / 6);
    expectShareTo(2, 0.5);
    expectShareTo(3, 5.0 / 6);
    expectAllWithin(1, 4);
  });

  it("may be as long as 32 bits of milliseconds", () => {
    expect<u32>(uniform(FAR, FAR).sample()).toBe(u32.MAX_VALUE);
  });

  it("is 0 or max for what a double hardly holds", () => {
    // The next bits are all ones: a draw of 1 - 2^-53, whose logarithm is -1.1e-16.
    seedRandom(0xcf9a04affa6badc0 - 0x9e3779b97f4a7c15);
    expect<u32>(exponential(1000, FAR).sample()).toBe(0);
    // They are all zeroes: a draw of 2^-53, so 36.74 for the exponential and scale · e^(36.74 / shape) for Pareto.
    seedRandom(0x61c8864680b583eb);
    expect<u32>(exponential(1000, FAR).sample()).toBe(36737);
    seedRandom(0x61c8864680b583eb);
    expect<u32>(pareto(1, 1e-300, 5000).sample()).toBe(5000);
    seedRandom(0x61c8864680b583eb);
    expect<u32>(pareto(1000, 1e300, 5000).sample()).toBe(1000);
    seedRandom(0x61c8864680b583eb);
    expect<u32>(pareto(1000, Infinity, 5000).sample()).toBe(1000);
  });
});
