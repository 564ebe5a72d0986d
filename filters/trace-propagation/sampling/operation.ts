import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { Bounded } from "./bounded";
import { RateLimiter } from "./rate-limiter";

/** By what Jaeger says that the traces of one operation are sampled, or those of all that it does not name. */
@unmanaged
export class Operation extends Bounded {
  /** The number of the answer that it is from. */
  answer: u32;
  /** Its limiters, which stay while no answer asks for them. */
  private most: RateLimiter | null;
  private least: RateLimiter | null;

  /**
   * Goes on by what an answer says: a probability, and how many traces a second are sampled at least and at most, in thousandths of
   * a trace, 0 for no bound. The metrics of the bounds are `<prefix><what>`; `counted` says whether the host keeps what they count.
   */
  follow(probability: f64, least: u64, most: u64, prefix: Text, counted: bool, region: Region, scratch: Region): void {
    this.take(probability);
    this.limiter = null;
    this.lowerBound = null;
    if (most > 0) {
      this.most = renewed(this.most, most, prefix, counted, region, scratch);
      this.limiter = this.most;
    }
    if (least > 0) {
      const ofLeast = Text.joined(scratch, prefix, utf8("lower_bound_"), utf8(""));
      this.least = renewed(this.least, least, ofLeast, counted, region, scratch);
      this.lowerBound = this.least;
    }
  }
}

function renewed(
  known: RateLimiter | null,
  rate: u64,
  prefix: Text,
  counted: bool,
  region: Region,
  scratch: Region,
): RateLimiter {
  let limiter = known;
  if (limiter == null) {
    limiter = RateLimiter.open(rate, region);
    limiter.define(prefix, counted, scratch);
  }
  limiter.become(rate);
  return limiter;
}
