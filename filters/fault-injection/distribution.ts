import { drawUnit } from "./draws";
import { exp } from "./exp";

/** What shape the delays of a `Distribution` take. */
export const enum DistributionKind {
  /** Any from `min` to `max` alike. */
  UNIFORM = 0,
  /** Around `mean`, two in three of them within `standardDeviation` of it. */
  NORMAL = 1,
  /** Ever fewer from 0 on, at `mean` in the mean: the time to the next of events that know nothing of each other. */
  EXPONENTIAL = 2,
  /** Longer than x with probability (`scale` / x)^`shape`, from `scale` on: most are short, a few very long. */
  PARETO = 3,
}

/**
 * How long delays are that are not all alike. All but `shape` are milliseconds, and only those of the kind count.
 *
 * A delay that is drawn above `max` is `max`, one below 0 is 0. So the mean of what comes about is a little off that of the
 * kind: shorter where `max` is near.
 */
@unmanaged
export class Distribution {
  kind: DistributionKind;
  min: f64;
  mean: f64;
  standardDeviation: f64;
  scale: f64;
  shape: f64;
  /** A whole number that fits 32 bits. */
  max: f64;

  /** A delay for the current request in milliseconds, rounded to the nearest whole one, from 0 to `max`; see `draws.ts`. */
  sample(): u32 {
    return <u32>(max(0, min(this.draw(), this.max)) + 0.5);
  }

  private draw(): f64 {
    switch (this.kind) {
      case DistributionKind.UNIFORM:
        return this.min + drawUnit() * (this.max - this.min);
      case DistributionKind.NORMAL:
        return this.mean + this.standardDeviation * drawNormal();
      case DistributionKind.EXPONENTIAL:
        return this.mean * drawExponential();
    }
    // The logarithm of a Pareto variable's share of its scale is exponential.
    return this.scale * exp(drawExponential() / this.shape);
  }
}

/** Mean 1, by inversion: P(-ln u > x) = P(u < e^-x) = e^-x. */
function drawExponential(): f64 {
  return -NativeMath.log(drawUnit());
}

/**
 * Mean 0 and standard deviation 1, by Marsaglia's polar method (1962): one of the two numbers that it makes, the other
 * would have to be kept for a request that it does not belong to.
 */
function drawNormal(): f64 {
  let x: f64;
  let square: f64;
  // Inside the unit circle lie 78.5 % of the points; the middle itself cannot be drawn, as no draw is one half.
  do {
    x = 2 * drawUnit() - 1;
    const y = 2 * drawUnit() - 1;
    square = x * x + y * y;
  } while (square >= 1);
  return x * sqrt((-2 * NativeMath.log(square)) / square);
}
