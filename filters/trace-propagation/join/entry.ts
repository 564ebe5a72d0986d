import { sameBytes } from "../../../assembly/text/text";
import { Sampling, TraceContext } from "../context";

/** What is known of the requests that came with one key. */
export const enum EntryState {
  /** One came. */
  SINGLE = 0,
  /** Several came, all of one trace; the entry is the last one's. */
  REPEATED = 1,
  /** Several came, of different traces: whose child a request with the key is cannot be told. */
  CONFLICTING = 2,
}

/** A key, and the context of the inbound request that came with it; in shared data, the key and tracestate behind it. */
@unmanaged
export class Entry {
  /** The whole entry's bytes, a multiple of 8. */
  size: u32;
  /** Of the key, so that most others are told apart at once. */
  hash: u32;
  /** Until when it counts, in nanoseconds of the monotonic clock. */
  expires: u64;
  traceHigh: u64;
  traceLow: u64;
  spanId: u64;
  keyLength: u16;
  tracestateLength: u16;
  state: EntryState;
  sampling: Sampling;
  random: bool;

  /** The bytes that an entry takes for a key and a tracestate of those lengths. */
  static sizeFor(key: u32, tracestate: u32): u32 {
    return (offsetof<Entry>() + key + tracestate + 7) & ~7;
  }

  get key(): usize {
    return changetype<usize>(this) + offsetof<Entry>();
  }

  get tracestate(): usize {
    return this.key + this.keyLength;
  }

  isFor(hash: u32, key: usize, length: u32): bool {
    return this.hash == hash && sameBytes(this.key, this.keyLength, key, length);
  }

  isOfTrace(context: TraceContext): bool {
    return this.traceHigh == context.traceHigh && this.traceLow == context.traceLow;
  }
}
