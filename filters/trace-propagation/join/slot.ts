import { TraceContext } from "../context";
import { Entry, EntryState } from "./entry";

/** The most bytes of a slot. */
export const SLOT_SIZE: u32 = 4096;
/** The bytes of a slot in which nothing is: until when it must not be believed, 0. */
export const EMPTY_SLOT_SIZE: u32 = 8;

/** The next slot to be written is put together here. */
const next: usize = memory.data(4096, 8);

/**
 * Entries whose keys came to one place, oldest first: what lies under one key of the shared data. Where one had to be dropped
 * before its time, the slot says of no key whose it is until then, as the dropped one might have been of the same key.
 */
@unmanaged
export class Slot {
  private start: usize;
  private length: u32;

  /** The slot that `length` bytes are, and no other while this is in use. Nothing in it where they cannot be one. */
  static over(start: usize, length: u32): Slot {
    current.start = start;
    current.length = length < EMPTY_SLOT_SIZE ? 0 : length;
    return current;
  }

  /** The entry for a key that counts at a time; null where there is none, or that cannot be told. */
  find(hash: u32, key: usize, keyLength: u32, now: u64): Entry | null {
    if (this.unreliableUntil > now) return null;
    let at: u32 = EMPTY_SLOT_SIZE;
    let entry = this.entryAt(at);
    while (entry != null) {
      if (entry.expires > now && entry.isFor(hash, key, keyLength)) return entry;
      at += entry.size;
      entry = this.entryAt(at);
    }
    return null;
  }

  /**
   * Puts together the slot with a request's entry more, and without those whose time is over: `nextStart` and `nextLength`. Of a
   * key that is there already the new one takes the place, for as long as either counts. Together with key and tracestate
   * an entry must fit an empty slot.
   */
  append(
    hash: u32,
    key: usize,
    keyLength: u32,
    context: TraceContext,
    tracestate: usize,
    tracestateLength: u32,
    now: u64,
    expires: u64,
  ): void {
    const size = Entry.sizeFor(keyLength, tracestateLength);
    let unreliable = this.length == 0 ? 0 : this.unreliableUntil;
    let until = expires;
    let state = EntryState.SINGLE;
    let kept = this.lengthOfLive(hash, key, keyLength, now);
    nextLength = EMPTY_SLOT_SIZE;
    let at: u32 = EMPTY_SLOT_SIZE;
    let entry = this.entryAt(at);
    while (entry != null) {
      if (entry.expires <= now) {
        // Nobody misses it.
      } else if (entry.isFor(hash, key, keyLength)) {
        const same = entry.state != EntryState.CONFLICTING && entry.isOfTrace(context);
        state = same ? EntryState.REPEATED : EntryState.CONFLICTING;
        until = max(until, entry.expires);
      } else if (kept + size + EMPTY_SLOT_SIZE > SLOT_SIZE) {
        kept -= entry.size;
        unreliable = max(unreliable, entry.expires);
      } else {
        memory.copy(next + nextLength, changetype<usize>(entry), entry.size);
        nextLength += entry.size;
      }
      at += entry.size;
      entry = this.entryAt(at);
    }
    // What another writer left there instead of entries may have been one of any key.
    if (at != this.length) unreliable = max(unreliable, expires);
    const added = changetype<Entry>(next + nextLength);
    added.size = size;
    added.hash = hash;
    added.expires = until;
    added.traceHigh = context.traceHigh;
    added.traceLow = context.traceLow;
    added.spanId = context.spanId;
    added.keyLength = <u16>keyLength;
    added.tracestateLength = <u16>tracestateLength;
    added.state = state;
    added.sampling = context.sampling;
    added.random = context.random;
    memory.copy(added.key, key, keyLength);
    memory.copy(added.tracestate, tracestate, tracestateLength);
    nextLength += size;
    store<u64>(next, unreliable);
    nextStart = next;
  }

  /**
   * Puts together a slot that is empty, and says nothing until a time, nor before all that lies in this one, or was dropped from it, is
   * over: `nextStart` and `nextLength`.
   */
  markUnreliable(until: u64): void {
    let latest = this.length == 0 ? until : max(until, this.unreliableUntil);
    let at: u32 = EMPTY_SLOT_SIZE;
    let entry = this.entryAt(at);
    while (entry != null) {
      latest = max(latest, entry.expires);
      at += entry.size;
      entry = this.entryAt(at);
    }
    store<u64>(next, latest);
    nextStart = next;
    nextLength = EMPTY_SLOT_SIZE;
  }

  private get unreliableUntil(): u64 {
    return this.length == 0 ? u64.MAX_VALUE : load<u64>(this.start);
  }

  /** The bytes of the entries that count and are of other keys. */
  private lengthOfLive(hash: u32, key: usize, keyLength: u32, now: u64): u32 {
    let sum: u32 = 0;
    let at: u32 = EMPTY_SLOT_SIZE;
    let entry = this.entryAt(at);
    while (entry != null) {
      if (entry.expires > now && !entry.isFor(hash, key, keyLength)) sum += entry.size;
      at += entry.size;
      entry = this.entryAt(at);
    }
    return sum;
  }

  /** Null at the end, and where the bytes are not an entry's. */
  private entryAt(at: u32): Entry | null {
    if (at + offsetof<Entry>() > this.length) return null;
    const entry = changetype<Entry>(this.start + at);
    const least = Entry.sizeFor(entry.keyLength, entry.tracestateLength);
    return entry.size < least || entry.size > this.length - at ? null : entry;
  }
}

/** What `append` or `markUnreliable` put together. */
export let nextStart: usize = 0;
export let nextLength: u32 = 0;

const current: Slot = changetype<Slot>(memory.data(8, 4));
