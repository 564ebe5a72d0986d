import { Region } from "../memory/region";
import { hashName } from "../text/hash";
import { Text, utf8 } from "../text/text";

/** What a slot holds of a request. */
export const enum Fact {
  /** The values of the header `name` (lower case, pseudo-headers with their colon), one for each time it is there. */
  HEADER,
  /** `:path` up to the query or fragment. */
  PATH,
  /** The first value of the query parameter `name`, as it stands in the URL. */
  QUERY_PARAMETER,
  /** The first value of the cookie `name`. */
  COOKIE,
  /** A claim of the token that jwt_authn verified; `name` is the claim's path with a NUL between two segments. */
  CLAIM,
  /** The request's dynamic metadata, serialised (`envoy.config.core.v3.Metadata`). */
  METADATA,
  /** The source's SPIFFE identity without `spiffe://`. */
  PRINCIPAL,
  /** The port of the listener, in decimal. */
  PORT,
}

/** A fact that a plan can ask for, with its number in that plan. */
@unmanaged
export class Slot {
  number: u32;
  fact: Fact;
  name: Text;
  hash: u32;
  /** The next slot of the same bucket. */
  beside: Slot | null;
  /** What it is read from: for a cookie the slot of `cookie`, for path and query `:path`, for a claim the metadata. */
  source: u32;
}

const BUCKETS: u32 = 256;

/**
 * The facts that a plan can need, numbered while it is compiled. What no rule asks for has no slot, and is never read.
 */
@unmanaged
export class SlotTable {
  /** How many slots there are. */
  count: u32;
  /** Whether a repeated header is one value, joined by ",", as for Envoy before 1.39 (`repeatedHeaders: JOINED`). */
  joined: bool;
  /** A bit for each length that a header's name in this table has; bit 63 for all longer ones. */
  nameLengths: u64;
  private region: Region;
  private buckets: usize;
  private slots: usize;
  private capacity: u32;

  static open(region: Region, joined: bool): SlotTable {
    const table = changetype<SlotTable>(region.take(offsetof<SlotTable>()));
    table.region = region;
    table.joined = joined;
    table.buckets = region.take(BUCKETS * sizeof<usize>());
    return table;
  }

  /** The number of a fact's slot; the fact is given a slot at its first asking. */
  slot(fact: Fact, name: Text): u32 {
    const hash = hashName(name.start, name.length);
    const bucket = this.bucket(hash);
    let known = changetype<Slot | null>(load<usize>(bucket));
    while (known != null) {
      if (known.fact == fact && known.name.equals(name)) return known.number;
      known = known.beside;
    }
    const slot = this.add(fact, name, hash);
    if (fact == Fact.COOKIE) slot.source = this.slot(Fact.HEADER, utf8("cookie"));
    if (fact == Fact.CLAIM) slot.source = this.slot(Fact.METADATA, utf8(""));
    if (fact == Fact.PATH || fact == Fact.QUERY_PARAMETER) slot.source = this.slot(Fact.HEADER, utf8(":path"));
    return slot.number;
  }

  /** The slot of that number, which must be one of this table's. */
  at(number: u32): Slot {
    return changetype<Slot>(load<usize>(this.slots + number * sizeof<usize>()));
  }

  /** The first slot that may be the header's of that hash; go on with `beside`. */
  candidates(hash: u32): Slot | null {
    return changetype<Slot | null>(load<usize>(this.bucket(hash)));
  }

  private bucket(hash: u32): usize {
    return this.buckets + (hash % BUCKETS) * sizeof<usize>();
  }

  private add(fact: Fact, name: Text, hash: u32): Slot {
    const slot = changetype<Slot>(this.region.take(offsetof<Slot>()));
    slot.number = this.count;
    slot.fact = fact;
    slot.name = Text.copy(this.region, name.start, name.length);
    slot.hash = hash;
    const bucket = this.bucket(hash);
    slot.beside = changetype<Slot | null>(load<usize>(bucket));
    store<usize>(bucket, changetype<usize>(slot));
    if (fact == Fact.HEADER) this.nameLengths |= lengthBit(name.length);
    if (this.count == this.capacity) this.grow();
    store<usize>(this.slots + this.count * sizeof<usize>(), changetype<usize>(slot));
    this.count++;
    return slot;
  }

  private grow(): void {
    const capacity = this.capacity == 0 ? 16 : this.capacity * 2;
    const slots = this.region.take(capacity * sizeof<usize>());
    memory.copy(slots, this.slots, this.count * sizeof<usize>());
    this.slots = slots;
    this.capacity = capacity;
  }
}

/** The bit of `SlotTable.nameLengths` for names of that length. */
export function lengthBit(length: u32): u64 {
  return (<u64>1) << min<u32>(length, 63);
}
