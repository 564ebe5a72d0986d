/** Parts that an interval is counted in. */
const BUCKETS: u64 = 10;

/** What the counters of a circuit showed when a part of the interval began. */
@unmanaged
export class Snapshot {
  /** The part's number, counted from 1; 0 if this is none. */
  bucket: u64;
  requests: u64;
  failures: u64;
  slow: u64;
}

/** The bytes of a `Window`; zeroes are one that nothing is known of. */
export const WINDOW_SIZE: u32 = <u32>BUCKETS * <u32>offsetof<Snapshot>();

/** The number of the part that a time is in. */
export function bucketOf(now: u64, interval: u64): u64 {
  return now / (interval / BUCKETS) + 1;
}

/**
 * The last interval of a circuit, in tenths: what its counters showed at the beginning of each, as the one who came into it first has
 * noted. What they show now, less what they showed when the interval began, is what there was in it.
 */
@unmanaged
export class Window {
  /** Whether a part is known, or over. */
  knows(bucket: u64): bool {
    return this.place(bucket).bucket >= bucket;
  }

  /** Notes what the counters showed when a part began. */
  enter(bucket: u64, requests: u64, failures: u64, slow: u64): void {
    const snapshot = this.place(bucket);
    snapshot.bucket = bucket;
    snapshot.requests = requests;
    snapshot.failures = failures;
    snapshot.slow = slow;
  }

  /** Begins anew: what was before counts no more. */
  restart(bucket: u64, requests: u64, failures: u64, slow: u64): void {
    memory.fill(changetype<usize>(this), 0, WINDOW_SIZE);
    this.enter(bucket, requests, failures, slow);
  }

  /** What the counters showed when the interval began that ends now; null if nobody has noted it. In parts that nobody came into there was nothing. */
  begin(bucket: u64): Snapshot | null {
    let first: Snapshot | null = null;
    for (let i: u64 = 0; i < BUCKETS; i++) {
      const snapshot = this.place(i);
      if (snapshot.bucket == 0 || snapshot.bucket > bucket || bucket - snapshot.bucket >= BUCKETS) continue;
      if (first == null || snapshot.bucket < first.bucket) first = snapshot;
    }
    return first;
  }

  private place(bucket: u64): Snapshot {
    return changetype<Snapshot>(changetype<usize>(this) + <usize>(bucket % BUCKETS) * offsetof<Snapshot>());
  }
}
