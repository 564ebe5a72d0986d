import { Region } from "../memory/region";
import { Fact, SlotTable } from "../request/slots";
import { SlotState, firstPresentHeader } from "../request/states";
import { Bucket, Buckets } from "./buckets";
import { Condition } from "./condition";
import { lookupLength, lookupPart, lookupStart } from "./lookup";
import { Probe } from "./probe";

/** Places for probes in a new table. They become four times as many whenever there are more probes. */
const FIRST_PLACES: u32 = 4;

/**
 * Leads from what a request has to what asks for it: a bucket for what a fact's value may be, start with or end
 * in. Filled with `bucketFor` and `Probe.use`; then `begin` and `nextBucket` walk through the buckets that the current request
 * leads to, one walk at a time. `close` before that pays where there are many probes: those on headers are then looked up
 * by the headers that the request has.
 */
@unmanaged
export class ValueTable {
  private region: Region;
  private buckets: Buckets;
  /** While it is filled: all probes; then those in use on facts that are no headers. */
  private probes: Probe | null;
  /** By their slots: while it is filled all probes, along `beside`; then those in use on headers, along `next`. */
  private places: usize;
  private mask: u32;
  private count: u32;
  private closed: bool;
  /** Where the walk stands: the header whose probes are tried, null behind the last, and the probe. */
  private header: SlotState | null;
  private probe: Probe | null;

  /** An empty table in `region`, with room for so many buckets; it grows where more come. */
  static open(region: Region, count: u32): ValueTable {
    const table = changetype<ValueTable>(region.take(offsetof<ValueTable>()));
    table.region = region;
    table.buckets = Buckets.open(region, count);
    table.take(FIRST_PLACES);
    return table;
  }

  /** The bucket of what a condition looks up, one that `isLookup` holds for; made where there is none yet. */
  bucketFor(condition: Condition): Bucket {
    const probe = this.probeFor(condition);
    const start = lookupStart(condition);
    const length = lookupLength(condition);
    const hash = probe.hashOf(start, length);
    const known = this.buckets.find(probe, hash, start, length);
    return known != null ? known : this.buckets.add(probe, hash, start, length);
  }

  /** The bucket of what a condition looks up, which another table has that bucket for; kept there in `first`. */
  bucketLike(condition: Condition, other: Bucket): Bucket {
    let bucket = changetype<Bucket | null>(other.first);
    if (bucket == null) {
      bucket = this.buckets.add(this.probeFor(condition), other.hash, lookupStart(condition), lookupLength(condition));
      other.first = changetype<usize>(bucket);
    }
    return bucket;
  }

  /** Says that no bucket comes to use any more: probes on headers are put where their slots lead to them. */
  close(slots: SlotTable): void {
    this.closed = true;
    memory.fill(this.places, 0, (this.mask + 1) * sizeof<usize>());
    let others: Probe | null = null;
    let probe = this.probes;
    while (probe != null) {
      const next = probe.next;
      if (probe.used && slots.at(probe.slot).fact == Fact.HEADER) {
        const place = this.placeOf(probe.slot);
        probe.next = changetype<Probe | null>(load<usize>(place));
        store<usize>(place, changetype<usize>(probe));
      } else if (probe.used) {
        probe.next = others;
        others = probe;
      }
      probe = next;
    }
    this.probes = others;
  }

  /** Starts the walk for the current request. */
  begin(): void {
    let header: SlotState | null = null;
    if (this.closed) header = firstPresentHeader();
    this.header = header;
    this.probe = header == null ? this.probes : this.firstProbeOf(header);
    this.enterProbe();
  }

  /** Another bucket that the current request leads to; null where there is none left. */
  nextBucket(): Bucket | null {
    let probe = this.probe;
    while (probe != null) {
      const bucket = probe.nextBucket();
      if (bucket != null) return bucket;
      this.probe = probe.next;
      this.enterProbe();
      probe = this.probe;
    }
    return null;
  }

  /** Begins with the probe at hand or, where it is on another header or there is none, with the next that can be begun. */
  private enterProbe(): void {
    let probe = this.probe;
    let header = this.header;
    while (header != null) {
      while (probe != null && probe.slot != header.number) probe = probe.next;
      if (probe != null) break;
      header = header.nextPresent;
      probe = header == null ? this.probes : this.firstProbeOf(header);
    }
    this.header = header;
    this.probe = probe;
    if (probe != null) probe.begin();
  }

  private firstProbeOf(header: SlotState): Probe | null {
    return changetype<Probe | null>(load<usize>(this.placeOf(header.number)));
  }

  private placeOf(slot: u32): usize {
    return this.places + (slot & this.mask) * sizeof<usize>();
  }

  private take(places: u32): void {
    this.mask = places - 1;
    this.places = this.region.take(places * sizeof<usize>());
  }

  private link(probe: Probe): void {
    const place = this.placeOf(probe.slot);
    probe.beside = changetype<Probe | null>(load<usize>(place));
    store<usize>(place, changetype<usize>(probe));
  }

  private probeFor(condition: Condition): Probe {
    const part = lookupPart(condition);
    let known = changetype<Probe | null>(load<usize>(this.placeOf(condition.slot)));
    while (known != null) {
      if (known.slot == condition.slot && known.part == part && known.ignoreCase == condition.ignoreCase) return known;
      known = known.beside;
    }
    const probe = Probe.of(this.buckets, condition.slot, part, condition.ignoreCase);
    probe.next = this.probes;
    this.probes = probe;
    if (this.count++ > this.mask) this.grow();
    else this.link(probe);
    return probe;
  }

  private grow(): void {
    this.take((this.mask + 1) * 4);
    let probe = this.probes;
    while (probe != null) {
      this.link(probe);
      probe = probe.next;
    }
  }
}
