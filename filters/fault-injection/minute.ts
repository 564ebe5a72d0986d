/** Seconds that the sums take in, the current one included. */
const SECONDS: u32 = 60;

/** What there was in one second. */
@unmanaged
class Second {
  /** Since 1970. */
  at: u32;
  requests: u32;
  faults: u32;
}

/** The bytes of a `Minute`; all zeroes are one in which nothing was. */
export const MINUTE_SIZE: u32 = SECONDS * offsetof<Second>();

/** The requests and faults of the last 60 seconds: a ring of seconds, over bytes that the workers share. */
@unmanaged
export class Minute {
  /** Adds to a second; what was a minute before gives way to it. */
  add(at: u32, requests: u32, faults: u32): void {
    const second = this.place(at % SECONDS);
    if (second.at != at) {
      second.at = at;
      second.requests = 0;
      second.faults = 0;
    }
    second.requests += requests;
    second.faults += faults;
  }

  /** Adds up the last 60 seconds, `now` being the last of them; false where some lie after it: the clock was set back. */
  sum(now: u32): bool {
    requestsOfMinute = 0;
    faultsOfMinute = 0;
    for (let i: u32 = 0; i < SECONDS; i++) {
      const second = this.place(i);
      if (second.at > now) return false;
      if (now - second.at >= SECONDS) continue;
      requestsOfMinute += second.requests;
      faultsOfMinute += second.faults;
    }
    return true;
  }

  private place(index: u32): Second {
    return changetype<Second>(changetype<usize>(this) + index * offsetof<Second>());
  }
}

/** What `sum` came to. */
export let requestsOfMinute: u64 = 0;
export let faultsOfMinute: u64 = 0;
