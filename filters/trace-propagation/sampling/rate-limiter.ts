import {
  MetricType,
  defineCounter,
  defineMetric,
  incrementMetric,
  metricValue,
  recordMetric,
} from "../../../assembly/host/metrics";
import { Region } from "../../../assembly/memory/region";
import { NANOSECONDS_PER_SECOND } from "../../../assembly/text/nanoseconds";
import { Text, utf8 } from "../../../assembly/text/text";

/** Credit is counted in thousandths of a trace. */
export const MILLI: i64 = 1000;
/** The credit may be overdrawn by as many traces: more than any proxy has workers that decide at one instant. */
const MAX_OVERDRAWN: i64 = 64 * MILLI;

/**
 * Lets at most so many traces a second through, over all workers of a proxy: a credit that grows with time, is full at first, and is full
 * with the traces of one second, or with one trace if these are fewer (Jaeger's and OpenTelemetry's rate limiting samplers).
 *
 * The workers share two metrics: a counter of the traces that were let through, and a gauge of the credit that was forfeited, as it grew
 * while the balance was full. The credit that is left is the rate times the monotonic clock, which is one for all workers, less the two.
 * A worker reads them first and counts then, so `W` workers at one instant may overdraw. As all are counted, the next traces pay for
 * that. So in any time `T` at most rate · T + max(rate, 1) + W - 1 traces are let through.
 *
 * Credit grows with time alone. A worker that found less than a trace's does not ask again before there can be so much: it refuses for
 * the price of the clock, whatever the load.
 */
@unmanaged
export class RateLimiter {
  /** Thousandths of a trace a second: 1 to 10^9. */
  private rate: u64;
  /** The credit that is full. */
  private full: i64;
  private granted: u32;
  private forfeited: u32;
  /** Whether the host keeps what the two count. If it does not, nothing is let through. */
  private counted: bool;
  /** The time of the monotonic clock before which there cannot be credit for a trace, as far as this worker knows. */
  private nextCredit: u64;

  /** Whether the credit was more than half full after the last trace that was let through: none was refused a short while ago. */
  ample: bool;

  /** One of `rate` thousandths of a trace a second. It lets nothing through before `define`. */
  static open(rate: u64, region: Region): RateLimiter {
    return RateLimiter.saving(rate, max<i64>(<i64>rate, MILLI), region);
  }

  /** The same, where another credit is full, at least that of one trace. */
  static saving(rate: u64, full: i64, region: Region): RateLimiter {
    const limiter = changetype<RateLimiter>(region.take(offsetof<RateLimiter>()));
    limiter.rate = rate;
    limiter.full = full;
    return limiter;
  }

  /** Lets another rate through from now on, with the credit that is left. */
  become(rate: u64): void {
    this.rate = rate;
    this.full = max<i64>(<i64>rate, MILLI);
    this.nextCredit = 0;
  }

  /** Defines the metrics, `<prefix>granted` and `<prefix>forfeited`; `counted` says whether the host keeps what they count. */
  define(prefix: Text, counted: bool, scratch: Region): void {
    this.granted = defineCounter(Text.joined(scratch, prefix, utf8("granted"), utf8("")));
    this.forfeited = defineMetric(MetricType.GAUGE, Text.joined(scratch, prefix, utf8("forfeited"), utf8("")));
    this.counted = counted;
  }

  /** Whether a trace is let through at a time of the monotonic clock. None is at 0, as the host does not tell the time then. */
  grant(now: u64): bool {
    if (now < this.nextCredit || now == 0 || !this.counted) return false;
    const left = this.creditAt(now);
    if (left < MILLI) {
      this.nextCredit = now + (<u64>(MILLI - left) * NANOSECONDS_PER_SECOND) / this.rate;
      return false;
    }
    incrementMetric(this.granted, 1);
    this.ample = (left - MILLI) * 2 >= this.full;
    return true;
  }

  /**
   * The credit that is left, after what is more than full was forfeited. If more is overdrawn than workers can have come to, it is none:
   * the rate was higher before a push, or a metric came from the process before a hot restart.
   */
  private creditAt(now: u64): i64 {
    const rate = this.rate;
    const grown =
      rate * (now / NANOSECONDS_PER_SECOND) + (rate * (now % NANOSECONDS_PER_SECOND)) / NANOSECONDS_PER_SECOND;
    const spendable = grown - metricValue(this.granted) * MILLI;
    const left = <i64>(spendable - metricValue(this.forfeited));
    const full = this.full;
    if (left <= full && left >= -(full + MAX_OVERDRAWN)) return left;
    const next = left > full ? full : 0;
    this.forfeit(spendable - <u64>next);
    return next;
  }

  /**
   * Sets what was forfeited. Setting it twice is the same as once, so no harm is done by several workers that do so at once. After a hot
   * restart the gauge has the value of the process before added to it for as long as that lives, which is taken off.
   */
  private forfeit(credit: u64): void {
    recordMetric(this.forfeited, credit);
    const added = metricValue(this.forfeited) - credit;
    if (added != 0) recordMetric(this.forfeited, credit - added);
  }
}
