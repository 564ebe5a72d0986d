import { firstValue } from "../request/request";
import { Value } from "../request/value";
import { HASH_START, hashByte, hashText } from "../text/hash";
import { Bucket, Buckets } from "./buckets";
import { Part, PartLength, ValuePart } from "./value-part";

/** How many bytes inside of a value lead to a bucket. */
export const WINDOW: u32 = 4;
/** The bit by which a letter's upper and lower case differ. */
const LOWER: u32 = 0x20;

/**
 * A way in which a fact's values are looked up. `begin` starts with what the current request has of the fact, and each
 * `nextBucket` gives another bucket that it leads to; one look-up at a time.
 */
@unmanaged
export class Probe extends ValuePart {
  /** The next probe of the table, or of the bucket of probes on headers. */
  next: Probe | null;
  /** The next probe of the same place of the table, while that is filled. */
  beside: Probe | null;
  private buckets: Buckets;
  /** Where the look-up stands: the value, the next length to try, and the hash of so many of its bytes. */
  private value: Value | null;
  private length: PartLength | null;
  private hash: u32;
  private hashed: u32;
  /** The number of the look-up, by which a bucket is known that it led to before. */
  private walk: u32;

  /** A probe into those buckets. */
  static of(buckets: Buckets, slot: u32, part: Part, ignoreCase: bool): Probe {
    const probe = changetype<Probe>(buckets.region.take(offsetof<Probe>()));
    probe.buckets = buckets;
    probe.slot = slot;
    probe.part = part;
    probe.ignoreCase = ignoreCase;
    return probe;
  }

  /** Starts looking up what the current request has of the fact. */
  begin(): void {
    if (++this.walk == 0) {
      this.buckets.forgetWalks();
      this.walk = 1;
    }
    this.enter(firstValue(this.slot));
  }

  /** Another bucket that the request leads to; null where there is none left. */
  nextBucket(): Bucket | null {
    return this.part == Part.WHOLE ? this.nextOfWhole() : this.nextOfPart();
  }

  /** The hash of bytes that a bucket of this probe has. */
  hashOf(start: usize, length: u32): u32 {
    return this.isHashedWhole ? hashText(start, length) : this.hashOfPart(start, length);
  }

  private get isHashedWhole(): bool {
    return this.part == Part.WHOLE || this.part == Part.INSIDE;
  }

  private enter(value: Value | null): void {
    this.value = value;
    this.length = this.lengths;
    this.hash = HASH_START;
    this.hashed = 0;
  }

  private nextOfWhole(): Bucket | null {
    let bucket: Bucket | null = null;
    let value = this.value;
    while (value != null && bucket == null) {
      const hash = this.hashOf(value.start, value.length);
      bucket = this.buckets.find(this, hash, value.start, value.length);
      value = value.next;
    }
    this.value = value;
    return bucket;
  }

  private nextOfPart(): Bucket | null {
    let value = this.value;
    while (value != null) {
      const bucket = this.nextOf(value);
      if (bucket != null) return bucket;
      value = value.next;
      this.enter(value);
    }
    return null;
  }

  /** Another bucket that parts of this value lead to. */
  private nextOf(value: Value): Bucket | null {
    if (this.part == Part.INSIDE) return this.nextInside(value);
    const backwards = this.part == Part.END;
    let part = this.length;
    let hash = this.hash;
    let at = this.hashed;
    while (part != null && part.length <= value.length) {
      const length = part.length;
      if (at < length) {
        // As in `hashOfPart`, which would be called for each length.
        hash = hashByte(hash, load<u8>(value.start + (backwards ? value.length - 1 - at : at)) | LOWER);
        at++;
      }
      if (at < length) continue;
      part = part.next;
      if (!this.buckets.mayHave(this, hash)) continue;
      const start = backwards ? value.start + (value.length - length) : value.start;
      const bucket = this.buckets.find(this, hash, start, length);
      if (bucket == null) continue;
      this.length = part;
      this.hash = hash;
      this.hashed = at;
      return bucket;
    }
    return null;
  }

  /** Another bucket, not led to before, of bytes that stand somewhere in this value. */
  private nextInside(value: Value): Bucket | null {
    while (this.hashed + WINDOW <= value.length) {
      const start = value.start + this.hashed++;
      const bucket = this.buckets.find(this, hashText(start, WINDOW), start, WINDOW);
      // The same bytes may stand there a thousand times.
      if (bucket != null && bucket.asked != this.walk) {
        bucket.asked = this.walk;
        return bucket;
      }
    }
    return null;
  }

  /** The hash of the bytes of a start or, counted backwards, of an end. Letters' case does not count: `isSame` tells it. */
  private hashOfPart(start: usize, length: u32): u32 {
    let hash = HASH_START;
    const backwards = this.part == Part.END;
    for (let i: u32 = 0; i < length; i++) {
      hash = hashByte(hash, load<u8>(start + (backwards ? length - 1 - i : i)) | LOWER);
    }
    return hash;
  }
}
