import {
  MetricType,
  defineCounter,
  defineMetric,
  incrementMetric,
  metricValue,
  recordMetric,
} from "../../../assembly/host/metrics";
import { NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";
import { Region } from "../../../assembly/memory/region";
import { Bounded } from "./bounded";

/** The gauge of the probability counts in billionths. */
export const BILLION: f64 = 1_000_000_000;

/**
 * A probability that follows the traffic, so that a target of traces a second is sampled over all workers of a proxy (Jaeger's
 * adaptive sampling, `internal/sampling/samplingstrategy/adaptive`).
 *
 * All that the workers share is a counter of the traces that began. Each worker reads it once in an interval, at a trace that it has to
 * decide: as many as began since it read the last time, in that time, are the rate, and the target by the rate is the probability. It follows
 * from what arrives, not from what was sampled, so it cannot swing. Workers that read at different times differ for one interval at most,
 * which does no harm, as each trace is decided once.
 *
 * The probability lags by an interval if the traffic grows, so a limit of twice the target stands after it, which saves up the target of
 * one interval. While that refuses traces, the probability of those that it lets through is not known.
 */
@unmanaged
export class Adaptive extends Bounded {
  /** Traces a second. */
  target: f64;
  /** In nanoseconds. */
  interval: u64;
  /** By which share of the target the expected rate may differ before the probability changes. */
  tolerance: f64;
  /** The least probability. */
  least: f64;
  private arrived: u32;
  private shown: u32;
  /** When the counter was read, in nanoseconds of the monotonic clock, and what it said; 0 before the first time. */
  private readAt: u64;
  private arrivedThen: u64;

  /**
   * Defines the metrics. A worker that begins takes over the probability that the others came to; so does a configuration that replaces
   * another one.
   */
  define(prefix: Text, counted: bool, scratch: Region): void {
    this.arrived = defineCounter(Text.joined(scratch, prefix, utf8("arrived"), utf8("")));
    this.shown = defineMetric(MetricType.GAUGE, Text.joined(scratch, prefix, utf8("probability_ppb"), utf8("")));
    const limiter = this.limiter;
    if (limiter != null) limiter.define(prefix, counted, scratch);
    const lowerBound = this.lowerBound;
    if (lowerBound != null)
      lowerBound.define(Text.joined(scratch, prefix, utf8("lower_bound_"), utf8("")), counted, scratch);
    const known = metricValue(this.shown);
    this.clamp(known == 0 ? this.probability : <f64>known / BILLION);
  }

  /** Counts a trace that begins at a time of the monotonic clock; it is decided by what has become of the probability then. */
  arrive(now: u64): void {
    if (now - this.readAt >= this.interval || this.readAt == 0) this.calculate(now);
    incrementMetric(this.arrived, 1);
  }

  /** Works out the probability by what began since the last time. If the counter was reset meanwhile, it stays as it is. */
  private calculate(now: u64): void {
    const arrived = metricValue(this.arrived);
    const then = this.arrivedThen;
    if (this.readAt != 0 && arrived > then) {
      const rate = (<f64>(arrived - then) * <f64>NANOSECONDS_PER_SECOND) / <f64>(now - this.readAt);
      if (abs(this.probability * rate - this.target) > this.tolerance * this.target) this.clamp(this.target / rate);
      recordMetric(this.shown, <u64>(this.probability * BILLION));
    }
    this.readAt = now;
    this.arrivedThen = arrived;
  }

  private clamp(probability: f64): void {
    this.take(max<f64>(this.least, min<f64>(probability, 1)));
  }
}
