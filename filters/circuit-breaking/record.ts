import { MILLION, Policy } from "./policy";

/** The layout of what is shared. An image with another one must not take it for its own. */
export const LAYOUT: u64 = 1;

export const enum CircuitState {
  CLOSED,
  OPEN,
  HALF_OPEN,
}

/** What a circuit makes of a request that comes. */
export const enum Admission {
  /** It goes on, and counts. */
  PASSED,
  /** It goes on as one of those that decide whether the circuit closes. */
  PROBE,
  REFUSED,
  /** It goes on and counts for nothing, as the host does not say how the circuit is. */
  UNCOUNTED,
}

/** What came of a probe. */
export const enum ProbeResult {
  SUCCEEDED,
  FAILED,
  /** Nothing that says how the destination is: the place is free again. */
  NEUTRAL,
}

/**
 * The state of a circuit as all workers share it, and how it changes: pure functions over its bytes. Times are nanoseconds of the
 * monotonic clock, which all workers of a process share.
 *
 * Each change of state makes it another generation. The result of a call counts only in the generation that the call began in.
 */
@unmanaged
export class CircuitRecord {
  /** Of the policy that it is changed by (`Policy.hash`). */
  hash: u64;
  /** When an open circuit may be asked again, or when the probes of a half-open one have failed that have no answer by then. */
  until: u64;
  /** When it closed. */
  closedAt: u64;
  state: u32;
  generation: u32;
  /** How many openings count as one after the other. */
  openings: u32;
  /** The probes of this generation: how many began, and how many of these are over. */
  started: u32;
  succeeded: u32;
  failed: u32;

  /** Closes it for good, by another policy or for another key. */
  reset(hash: u64, now: u64): void {
    this.hash = hash;
    this.openings = 0;
    this.close(now);
  }

  /**
   * Opens a closed circuit. As in Envoy (`outlier_detection_impl.cc`) each interval since it closed takes one from the number that the
   * length follows from.
   */
  trip(policy: Policy, now: u64, jitter: u64, least: u64): void {
    const quiet = now > this.closedAt ? (now - this.closedAt) / policy.interval : 0;
    this.openings = this.openings > quiet ? this.openings - <u32>quiet : 0;
    this.open(policy, now, jitter, least);
  }

  /** What becomes of a request that comes now. It may change the state. */
  admit(policy: Policy, now: u64, jitter: u64): Admission {
    if (this.state == CircuitState.HALF_OPEN && now >= this.until) this.giveUpProbes(policy, now, jitter);
    if (this.state == CircuitState.CLOSED) return Admission.PASSED;
    if (this.state == CircuitState.OPEN) {
      if (now < this.until) return Admission.REFUSED;
      if (policy.permitted == 0) {
        // Natively it would have been back since then.
        this.close(this.until);
        return Admission.PASSED;
      }
      this.begin(CircuitState.HALF_OPEN, 0);
    }
    if (this.started >= policy.permitted) return Admission.REFUSED;
    this.started++;
    this.until = now + policy.lease;
    return Admission.PROBE;
  }

  /** A probe of this generation is over. */
  probeOver(policy: Policy, result: ProbeResult, now: u64, jitter: u64, least: u64): void {
    if (result == ProbeResult.NEUTRAL) this.started--;
    else if (result == ProbeResult.SUCCEEDED) this.succeeded++;
    else this.failed++;
    this.judgeProbes(policy, now, jitter, least);
  }

  /** Whether a request that comes before `until` must be refused. */
  refuses(policy: Policy): bool {
    return (
      this.state == CircuitState.OPEN || (this.state == CircuitState.HALF_OPEN && this.started >= policy.permitted)
    );
  }

  /** How many probes are in flight. */
  get inFlight(): u32 {
    return this.started - this.succeeded - this.failed;
  }

  /** The probes that are in flight have no answer: they have failed. */
  private giveUpProbes(policy: Policy, now: u64, jitter: u64): void {
    if (this.inFlight == 0) return;
    this.failed += this.inFlight;
    this.judgeProbes(policy, now, jitter, 0);
  }

  /**
   * Without a failure rate the first failure opens the circuit, and as many successes as are permitted close it. With one the share of
   * those that are over decides, once there are enough (resilience4j `CircuitBreakerStateMachine`).
   */
  private judgeProbes(policy: Policy, now: u64, jitter: u64, least: u64): void {
    if (policy.failureRate == 0) {
      if (this.failed > 0) this.open(policy, now, jitter, least);
      else if (this.succeeded >= policy.permitted) this.close(now);
      return;
    }
    const over = this.succeeded + this.failed;
    if (over < min(policy.permitted, policy.minimumCalls)) return;
    if (reaches(this.failed, over, policy.failureRate)) this.open(policy, now, jitter, least);
    else this.close(now);
  }

  /** `least` is how long the destination asks for, which counts up to the longest opening. */
  private open(policy: Policy, now: u64, jitter: u64, least: u64): void {
    if (this.openings * policy.base < policy.longest + policy.base) this.openings++;
    const length = min(this.openings * policy.base, policy.longest) + jitter;
    this.begin(CircuitState.OPEN, now + max(length, min(least, policy.longest)));
  }

  private close(now: u64): void {
    this.closedAt = now;
    this.begin(CircuitState.CLOSED, 0);
  }

  private begin(state: CircuitState, until: u64): void {
    this.state = state;
    this.until = until;
    this.generation++;
    this.started = 0;
    this.succeeded = 0;
    this.failed = 0;
  }
}

/** The bytes of a record; zeroes are none. */
export const RECORD_SIZE: u32 = <u32>offsetof<CircuitRecord>();

/** Whether so many of all are at least a share of a million. */
export function reaches(some: u64, all: u64, share: u32): bool {
  return some * MILLION >= all * share;
}
