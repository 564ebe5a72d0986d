import { monotonicTime } from "../../../assembly/host/clock";
import { sharedLength, sharedStart } from "../../../assembly/host/shared-data";
import { Status } from "../../../assembly/host/status";
import { Value } from "../../../assembly/request/value";
import { updateShared, writeInstead } from "../../../assembly/shared/record";
import { xxHash64 } from "../../../assembly/text/xxhash64";
import { TraceContext } from "../context";
import { Entry, EntryState } from "./entry";
import { Group } from "./group";
import { keyIn } from "./key";
import { SLOTS, SharedSlots } from "./shared-slots";
import { Slot, nextLength, nextStart } from "./slot";

/** Of a longer tracestate nothing is remembered; what the filter passes on is no longer ("tracestate Limits"). */
const MAX_TRACESTATE_LENGTH: u32 = 512;
/** How many times a write is tried if other workers write in between. */
const MAX_TRIES: u32 = 8;
/** A minute: no worker needs longer from reading the clock until what it remembers is written. */
const MAX_DELAY: u64 = 60_000_000_000;

/** A header whose value is a key. */
@unmanaged
export class KeyHeader {
  slot: u32;
  /** Tells apart the same value in two headers. */
  seed: u64;
  next: KeyHeader | null;
}

/** What looking for the request that caused the current one came to. */
export const enum Recalled {
  /** It has none of the keys. */
  NO_KEY,
  /** No request with its key is known, or not any more, or it cannot be told. */
  MISSED,
  /** Several with its key are, of different traces. */
  CONFLICTING,
  /** One is. */
  FOUND,
  /** Several are, all of one trace: the last one is taken. */
  AMBIGUOUS,
}

/** Where the tracestate of the last request that was recalled is; it lives until the callback ends. */
export let recalledTracestate: usize = 0;
export let recalledTracestateLength: u32 = 0;

/** Joins the requests that a workload sends to those that it received, by a header that it passes on. */
@unmanaged
export class Join {
  slots: SharedSlots;
  /** The plugins that remember together. */
  group: Group;
  keys: KeyHeader | null;
  /** How long a request is remembered, in nanoseconds. */
  lifetime: u64;

  /** The request that is being remembered. */
  private keyHash: u32;
  private key: Value;
  private context: TraceContext;
  private tracestate: usize;
  private tracestateLength: u32;
  private now: u64;
  private expires: u64;

  /** Remembers the current request's context under each of its keys. */
  remember(context: TraceContext, tracestate: usize, tracestateLength: u32): void {
    let header = this.keys;
    let now: u64 = 0;
    while (header != null) {
      const key = keyIn(header.slot);
      if (key != null) {
        if (now == 0) now = monotonicTime();
        const length = tracestateLength > MAX_TRACESTATE_LENGTH ? 0 : tracestateLength;
        this.put(hashOf(key, header), key, context, tracestate, length, now);
      }
      header = header.next;
    }
  }

  /** A request may have come that cannot be remembered, as its keys or its direction are not known: any other may have its key. */
  markUnreliable(): void {
    const now = monotonicTime();
    this.markUnreliableUntil(now == 0 ? u64.MAX_VALUE : now + this.lifetime);
  }

  /** Looks for the request that came with the current one's first key, and takes over its context. */
  recall(into: TraceContext): Recalled {
    recalledTracestateLength = 0;
    let header = this.keys;
    while (header != null) {
      const key = keyIn(header.slot);
      if (key != null) return this.find(hashOf(key, header), key, into);
      header = header.next;
    }
    return Recalled.NO_KEY;
  }

  private find(hash: u64, key: Value, into: TraceContext): Recalled {
    const now = monotonicTime();
    if (now == 0 || now < this.group.unreliableUntil || this.slots.read((<u32>hash) & (SLOTS - 1)) != Status.OK)
      return Recalled.MISSED;
    const slot = Slot.over(sharedStart, sharedLength);
    const entry = slot.find(<u32>(hash >> 32), key.start, key.length, now);
    if (entry == null) return Recalled.MISSED;
    if (entry.state == EntryState.CONFLICTING) return Recalled.CONFLICTING;
    take(entry, into);
    return entry.state == EntryState.SINGLE ? Recalled.FOUND : Recalled.AMBIGUOUS;
  }

  private put(hash: u64, key: Value, context: TraceContext, tracestate: usize, tracestateLength: u32, now: u64): void {
    const place = (<u32>hash) & (SLOTS - 1);
    const expires = now + this.lifetime;
    this.keyHash = <u32>(hash >> 32);
    this.key = key;
    this.context = context;
    this.tracestate = tracestate;
    this.tracestateLength = tracestateLength;
    this.now = now;
    this.expires = expires;
    if (now != 0 && updateShared<Join>(this.slots.key(place), MAX_TRIES, this) == Status.OK) return;
    // The request that this failed write stood for may have had a key of another entry: the whole slot is unreliable until every
    // entry in it is over, also one that another worker has written since the slot was read, which is taken to last no longer.
    const slot = now == 0 ? Slot.over(0, 0) : Slot.over(sharedStart, sharedLength);
    const until = now == 0 ? u64.MAX_VALUE : expires + MAX_DELAY;
    slot.markUnreliable(until);
    if (this.slots.overwrite(place, nextStart, nextLength) != Status.OK) this.markUnreliableUntil(until);
  }

  /** Adds it to a slot; for `updateShared`. */
  apply(start: usize, length: u32): bool {
    const slot = Slot.over(start, length);
    const key = this.key;
    const tracestate = this.tracestate;
    const size = this.tracestateLength;
    slot.append(this.keyHash, key.start, key.length, this.context, tracestate, size, this.now, this.expires);
    writeInstead(nextStart, nextLength);
    return true;
  }

  private markUnreliableUntil(until: u64): void {
    this.group.unreliableUntil = max(this.group.unreliableUntil, until);
  }
}

function hashOf(key: Value, header: KeyHeader): u64 {
  return xxHash64(key.start, key.length, header.seed);
}

function take(entry: Entry, into: TraceContext): void {
  into.traceHigh = entry.traceHigh;
  into.traceLow = entry.traceLow;
  into.spanId = entry.spanId;
  into.sampling = entry.sampling;
  into.random = entry.random;
  recalledTracestate = entry.tracestate;
  recalledTracestateLength = entry.tracestateLength;
}
