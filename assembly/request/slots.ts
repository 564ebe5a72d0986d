import { Region } from "../memory/region";
import { equalBytes } from "../text/equal-bytes";
import { FEW_BUCKETS, hashIn } from "../text/hash";
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
  /**
   * A claim of the token that jwt_authn verified, or each string of it where it is a list; `name` is the claim's path with
   * a NUL between two segments. This and what follows is asked of the host (`isAskedOfHost`).
   */
  CLAIM,
  /** The same, where the claim itself is a string. */
  CLAIM_STRING,
  /** A string in the dynamic metadata of any filter; `name` is the filter's namespace, NUL, the key. */
  METADATA_STRING,
  /** Each string of a list in the dynamic metadata of any filter; `name` as there. */
  METADATA_LIST,
  /** The request's dynamic metadata, serialised (`envoy.config.core.v3.Metadata`). */
  METADATA,
  /** The source's SPIFFE identity without `spiffe://`. */
  PRINCIPAL,
  /** The trust domain of the principal, if it has a path. */
  TRUST_DOMAIN,
  /** The namespaces of the principal, as AuthorizationPolicy's `namespaces` takes them. */
  NAMESPACE,
  /** The service accounts of the principal, `<namespace>/<name>`, as AuthorizationPolicy's `serviceAccounts` takes them. */
  SERVICE_ACCOUNT,
  /** The port of the listener, in decimal. */
  PORT,
  /** The client's address as Envoy knows it, after `x-forwarded-for`; 4 or 16 bytes in network order, as the next two. */
  REMOTE_IP,
  /** The address of the peer of the connection, which a filter put into filter state under the key `name`. */
  DIRECT_REMOTE_IP,
  /** The address that the connection was made to. */
  DESTINATION_IP,
  /** The server name that the client asked for in TLS, if any. */
  SNI,
  /** What the CEL expression `name` comes to: `true`, `false`, or nothing where it is neither or cannot be evaluated. */
  EXPRESSION,
}

/** Whether the host is asked for the fact, which costs more than what the headers tell. */
export function isAskedOfHost(fact: Fact): bool {
  return fact >= Fact.CLAIM;
}

/** Whether the fact is one of many by name in another: all that a request has of them are read at once, at the first asking for one. */
export function isPart(fact: Fact): bool {
  return fact >= Fact.QUERY_PARAMETER && fact <= Fact.CLAIM;
}

/** A fact that a plan can ask for, with its number in that plan. */
@unmanaged
export class Slot {
  number: u32;
  /** The fact, and how many bytes its name has: side by side, so that `SlotTable.find` compares both at once. */
  fact: Fact;
  length: u32;
  name: Text;
  hash: u32;
  /** The next slot of the same bucket. */
  beside: Slot | null;
  /**
   * The slot of the fact that it is read from: a header, the metadata or the principal; of an expression the host's number
   * for it (`host/expressions.ts`), which whoever asks for the slot sets; else 0.
   */
  source: u32;
  /** Whether `source` is a slot. */
  derived: bool;
  /** The last of a module's filters that asks for it, or for what is read from it. */
  lastAsker: u32;
  /** The first slot of those whose `source` this one is, and the next one beside this of its own source's. */
  firstDerived: Slot | null;
  nextDerived: Slot | null;
}

/** Room in a new table. It doubles when full, so that a small plan's tables lie in few cache lines. */
const FIRST_CAPACITY: u32 = 16;

/**
 * The facts that a plan can need, numbered while it is compiled. What no rule asks for has no slot, and is never read.
 */
@unmanaged
export class SlotTable {
  /** How many slots there are. */
  count: u32;
  /** Whether a repeated header is one value, joined by ",", as for Envoy before 1.39 (`repeatedHeaders: JOINED`). */
  joined: bool;
  /** How often a fact was asked for that stands in the headers; and of these, how often the path without its query. */
  askedOfHeaders: u32;
  askedOfPath: u32;
  /** Which of a module's filters asks for slots now, by the number that `actsNow` is given (`header-writes.ts`). */
  asker: u32;
  /** The slot of the path without its query; null if nobody asks for that. */
  path: Slot | null;
  /** Whether some fact is asked of the host (`isAskedOfHost`). */
  asksHost: bool;
  /** How many bytes the longest name of a claim has. */
  longestClaim: u32;
  /**
   * A bit for each length that a header's name in this table has: bit 63 - (length mod 64), so that a shift to the left by the length brings
   * it to the sign.
   */
  nameLengths: u64;
  private region: Region;
  private buckets: usize;
  private slots: usize;
  /** One less than how many slots there is room for, and buckets there are: a power of two. */
  private mask: u32;

  static open(region: Region, joined: bool): SlotTable {
    const table = changetype<SlotTable>(region.take(offsetof<SlotTable>()));
    table.region = region;
    table.joined = joined;
    table.grow(FIRST_CAPACITY);
    return table;
  }

  /** The number of a fact's slot; the fact is given a slot at its first asking. */
  slot(fact: Fact, name: Text): u32 {
    if (fact <= Fact.COOKIE) this.askedOfHeaders++;
    if (fact == Fact.PATH) this.askedOfPath++;
    const number = this.slotOf(fact, name);
    let slot = this.at(number);
    slot.lastAsker = max(slot.lastAsker, this.asker);
    while (slot.derived) {
      slot = this.at(slot.source);
      slot.lastAsker = max(slot.lastAsker, this.asker);
    }
    return number;
  }

  private slotOf(fact: Fact, name: Text): u32 {
    const known = this.find(fact, name.start, name.length);
    if (known != null) return known.number;
    const slot = this.add(fact, name);
    this.addSource(slot);
    return slot.number;
  }

  /** The slot of that number, which must be one of this table's. */
  at(number: u32): Slot {
    return changetype<Slot>(load<usize>(this.slots + number * sizeof<usize>()));
  }

  /** The slot of the fact whose name is the `length` bytes at `start`; null if nobody asks for it. */
  find(fact: Fact, start: usize, length: u32): Slot | null {
    const mask = this.mask;
    const bucket = this.buckets + (hashIn(mask, start, length) & mask) * sizeof<usize>();
    let slot = changetype<Slot | null>(load<usize>(bucket));
    const both = (<u64>fact) | ((<u64>length) << 32);
    while (slot != null) {
      if (
        load<u64>(changetype<usize>(slot) + offsetof<Slot>("fact")) == both &&
        equalBytes(slot.name.start, start, length)
      ) {
        return slot;
      }
      slot = slot.beside;
    }
    return null;
  }

  private bucket(hash: u32): usize {
    return this.buckets + (hash & this.mask) * sizeof<usize>();
  }

  private add(fact: Fact, name: Text): Slot {
    const slot = changetype<Slot>(this.region.take(offsetof<Slot>()));
    slot.number = this.count;
    slot.fact = fact;
    slot.length = name.length;
    slot.name = Text.copy(this.region, name.start, name.length);
    if (isAskedOfHost(fact)) this.asksHost = true;
    if (fact == Fact.PATH) this.path = slot;
    if (fact == Fact.HEADER) this.nameLengths |= ((<u64>1) << 63) >> name.length;
    if (fact == Fact.CLAIM) this.longestClaim = max(this.longestClaim, name.length);
    if (this.count > this.mask) this.grow((this.mask + 1) * 2);
    store<usize>(this.slots + this.count * sizeof<usize>(), changetype<usize>(slot));
    this.count++;
    slot.hash = hashIn(this.mask, name.start, name.length);
    this.link(slot);
    return slot;
  }

  /** Gives a fact that is read from another one that one's slot. */
  private addSource(slot: Slot): void {
    switch (slot.fact) {
      case Fact.PATH:
      case Fact.QUERY_PARAMETER:
        this.derive(slot, Fact.HEADER, utf8(":path"));
        break;
      case Fact.COOKIE:
        this.derive(slot, Fact.HEADER, utf8("cookie"));
        break;
      case Fact.CLAIM:
      case Fact.CLAIM_STRING:
      case Fact.METADATA_STRING:
      case Fact.METADATA_LIST:
        this.derive(slot, Fact.METADATA, utf8(""));
        break;
      case Fact.TRUST_DOMAIN:
      case Fact.NAMESPACE:
      case Fact.SERVICE_ACCOUNT:
        this.derive(slot, Fact.PRINCIPAL, utf8(""));
        break;
    }
  }

  private derive(slot: Slot, fact: Fact, name: Text): void {
    slot.derived = true;
    slot.source = this.slotOf(fact, name);
    const source = this.at(slot.source);
    slot.nextDerived = source.firstDerived;
    source.firstDerived = slot;
  }

  private link(slot: Slot): void {
    const bucket = this.bucket(slot.hash);
    slot.beside = changetype<Slot | null>(load<usize>(bucket));
    store<usize>(bucket, changetype<usize>(slot));
  }

  private grow(capacity: u32): void {
    const were = this.mask;
    const slots = this.region.take(capacity * sizeof<usize>());
    memory.copy(slots, this.slots, this.count * sizeof<usize>());
    this.slots = slots;
    this.buckets = this.region.take(capacity * sizeof<usize>());
    this.mask = capacity - 1;
    for (let i: u32 = 0; i < this.count; i++) {
      const slot = this.at(i);
      if (were < FEW_BUCKETS) slot.hash = hashIn(this.mask, slot.name.start, slot.name.length);
      this.link(slot);
    }
  }
}
