import { defineCounter, incrementMetric } from "../../../assembly/host/metrics";
import { Region } from "../../../assembly/memory/region";
import { OrderedIndex } from "../../../assembly/match/ordered-index";
import { Text, utf8 } from "../../../assembly/text/text";
import { RateLimiter } from "../sampling/rate-limiter";

/** One of `keep`: of which requests that are not sampled this hop's span is reported all the same. All that it asks for must hold. */
@unmanaged
export class KeepPolicy {
  /** Its name, or its number. */
  name: Text;
  /** Why it keeps a request, as `signalbox.kept` says it: `error`, `slow` or `match`. */
  why: Text;
  /** Null for every request. */
  match: OrderedIndex | null;
  wantsError: bool;
  /** How long the request takes at least and at most, in nanoseconds; the least is 0 if that does not matter. */
  least: u64;
  most: u64;
  limiter: RateLimiter;
  next: KeepPolicy | null;
  private kept: u32;

  /** Defines its metrics, those of its limit by `prefix`. */
  define(prefix: Text, counted: bool, scratch: Region): void {
    this.limiter.define(prefix, counted, scratch);
    this.kept = defineCounter(Text.joined(scratch, utf8("trace_propagation.spans.kept."), this.why, utf8("")));
  }

  /** Whether the current request, of which the headers are known, may be kept. */
  mayKeep(): bool {
    const match = this.match;
    return match == null || match.first() != null;
  }

  /** Whether it keeps requests that take so long, in nanoseconds. */
  wantsDuration(duration: u64): bool {
    return duration >= this.least && duration <= this.most;
  }

  /** Whether its limit lets it keep one more; counts it then. */
  grant(now: u64): bool {
    if (!this.limiter.grant(now)) return false;
    incrementMetric(this.kept, 1);
    return true;
  }
}
