import { Region } from "../memory/region";
import { firstPresentPart } from "../request/request";
import { Fact, SlotTable, isPart } from "../request/slots";
import { SlotState, firstPresentHeader } from "../request/states";
import { Bucket, Buckets } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { lookupLength, lookupPart, lookupStart } from "./lookup";
import { Probe } from "./probe";
import { Part } from "./value-part";

/** Places for probes in a new table. They become four times as many whenever there are more probes. */
const FIRST_PLACES: u32 = 4;

/** A fact of which parts are looked up. */
@unmanaged
class Whole {
  /** The slot of the fact, and that of one of the parts. */
  source: u32;
  part: u32;
  next: Whole | null;
}

/**
 * Leads from what a request has to what asks for it: a bucket for what a fact's value may be, start with or end
 * in. Filled with `bucketFor` and `use`; then `firstBucket` and `nextBucket` walk through the buckets that the current request
 * leads to, one walk at a time. `close` before that pays where there are many probes: those on headers, query parameters, cookies and claims
 * are then looked up by those that the request has.
 */
@unmanaged
export class ValueTable {
  private region: Region;
  private buckets: Buckets;
  /** While it is filled: all probes; then those in use on facts that are neither headers nor parts. */
  private probes: Probe | null;
  /** By their slots: while it is filled all probes, along `beside`; then those in use on headers and parts, along `next`. */
  private places: usize;
  private mask: u32;
  private count: u32;
  /** Whether probes on headers lie in their places: there are many. A few are tried one by one. */
  private leadsHeaders: bool;
  /** The facts of whose parts probes are in use. */
  private wholes: Whole | null;
  /**
   * Where the walk stands: the header or part whose probes are tried, null behind the last, the fact whose parts come next, and the
   * probe.
   */
  private present: SlotState | null;
  private whole: Whole | null;
  private probe: Probe | null;

  /** An empty table in `region`, with room for so many buckets; it grows where more come. */
  static open(region: Region, count: u32): ValueTable {
    const table = changetype<ValueTable>(region.take(offsetof<ValueTable>()));
    table.region = region;
    table.buckets = Buckets.open(region, count);
    table.take(FIRST_PLACES);
    return table;
  }

  /** Whether there is no probe: then no request leads to a bucket. */
  get isEmpty(): bool {
    return this.count == 0;
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

  /** Takes note that something is kept in a bucket of this table. */
  use(bucket: Bucket): void {
    bucket.part.use(this.region, bucket.length);
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

  /** Says that no bucket comes to use any more: probes on headers and parts are put where their slots lead to them. */
  close(slots: SlotTable): void {
    this.leadsHeaders = this.count > FEW;
    let looksInside = false;
    memory.fill(this.places, 0, (this.mask + 1) * sizeof<usize>());
    let others: Probe | null = null;
    let probe = this.probes;
    while (probe != null) {
      const next = probe.next;
      const fact = slots.at(probe.slot).fact;
      if (probe.part == Part.INSIDE) looksInside = true;
      if (probe.used && (fact == Fact.HEADER ? this.leadsHeaders : isPart(fact))) {
        if (fact != Fact.HEADER) this.addWhole(slots, probe.slot);
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
    // Only there it matters what is kept in `asked`.
    if (looksInside) this.buckets.forgetWalks();
  }

  /** How many probes are begun for each request. */
  get tried(): u32 {
    let tried: u32 = 0;
    let probe = this.probes;
    while (probe != null) {
      tried++;
      probe = probe.next;
    }
    return tried;
  }

  private addWhole(slots: SlotTable, part: u32): void {
    const source = slots.at(part).source;
    let whole = this.wholes;
    while (whole != null && whole.source != source) whole = whole.next;
    if (whole != null) return;
    const added = changetype<Whole>(this.region.take(offsetof<Whole>()));
    added.source = source;
    added.part = part;
    added.next = this.wholes;
    this.wholes = added;
  }

  /** Starts the walk for the current request: the first bucket that it leads to; null where there is none. */
  firstBucket(): Bucket | null {
    if (this.isEmpty) return null;
    this.whole = this.wholes;
    this.enter(this.leadsHeaders ? firstPresentHeader() : null);
    this.enterProbe();
    return this.nextBucket();
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

  /** Begins with the probe at hand or, where it is on another slot or there is none, with the next that can be begun. */
  private enterProbe(): void {
    let probe = this.probe;
    let present = this.present;
    while (present != null) {
      while (probe != null && probe.slot != present.number) probe = probe.next;
      if (probe != null) break;
      this.enter(present.nextPresent);
      present = this.present;
      probe = this.probe;
    }
    if (probe != null) {
      this.probe = probe;
      probe.begin();
    }
  }

  /**
   * Goes to the probes of the header or part given; behind the last of these to the first part that the request has of the next fact; and
   * behind all of them to the other probes.
   */
  private enter(given: SlotState | null): void {
    let present = given;
    let whole = this.whole;
    while (present == null && whole != null) {
      present = firstPresentPart(whole.part);
      whole = whole.next;
    }
    this.whole = whole;
    this.present = present;
    this.probe = present == null ? this.probes : changetype<Probe | null>(load<usize>(this.placeOf(present.number)));
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
