import { Region } from "../memory/region";
import { ValuePart } from "./value-part";

/** An odd number without a pattern: 2^32 divided by the golden ratio. */
const SPREAD: u32 = 0x9e3779b1;

/** The most places of a table: to clear more, or to move what lies in them, would take a request's time and more. */
const MAX_PLACES: u32 = 1 << 18;

/** A bit that no address of a region has. */
const IS_INDEX: usize = 1;

/** What hangs on one part of the values of one fact. */
@unmanaged
export class Bucket {
  part: ValuePart;
  /** Where the bytes are that the value or its part must be, and how many. */
  start: usize;
  length: u32;
  hash: u32;
  /** What the table's owner keeps here: where a list begins, or `index`. */
  first: usize;
  /**
   * Whatever the table's owner counts or keeps here while it fills the table, such as where the list ends. Then, of bytes inside of a value,
   * the look-up that led here last.
   */
  asked: usize;
  beside: Bucket | null;

  /** The index that is here in the place of a list; 0 if there is none. */
  get index(): usize {
    return (this.first & IS_INDEX) == 0 ? 0 : this.first - IS_INDEX;
  }

  set index(index: usize) {
    this.first = index + IS_INDEX;
  }
}

/** Buckets, found by the hash of their texts. */
@unmanaged
export class Buckets {
  region: Region;
  private table: usize;
  private mask: u32;
  private count: u32;

  /** An empty table in `region`, with room for so many buckets; it grows where more come. */
  static open(region: Region, count: u32): Buckets {
    const buckets = changetype<Buckets>(region.take(offsetof<Buckets>()));
    buckets.region = region;
    let size: u32 = 16;
    while (size < count * 2) size *= 2;
    buckets.take(size);
    return buckets;
  }

  /** The bucket of a part for the `length` bytes at `start`, whose hash is given; null where there is none. */
  find(part: ValuePart, hash: u32, start: usize, length: u32): Bucket | null {
    let bucket = changetype<Bucket | null>(load<usize>(this.placeOf(hash, part)));
    while (bucket != null) {
      if (bucket.hash == hash && bucket.part == part && bucket.length == length) {
        if (part.isSame(bucket.start, start, length)) return bucket;
      }
      bucket = bucket.beside;
    }
    return null;
  }

  /** Whether there may be buckets of that hash, without a call. */
  mayHave(part: ValuePart, hash: u32): bool {
    return load<usize>(this.placeOf(hash, part)) != 0;
  }

  /** Makes no look-up known to have led to any bucket. */
  forgetWalks(): void {
    for (let i: u32 = 0; i <= this.mask; i++) {
      let bucket = changetype<Bucket | null>(load<usize>(this.table + i * sizeof<usize>()));
      while (bucket != null) {
        bucket.asked = 0;
        bucket = bucket.beside;
      }
    }
  }

  /** Adds a bucket that `find` did not find. The bytes are kept, not copied. */
  add(part: ValuePart, hash: u32, start: usize, length: u32): Bucket {
    const bucket = changetype<Bucket>(this.region.take(offsetof<Bucket>()));
    bucket.part = part;
    bucket.start = start;
    bucket.length = length;
    bucket.hash = hash;
    if (this.count++ > this.mask) this.grow();
    this.link(bucket);
    return bucket;
  }

  private take(size: u32): void {
    const places = min(size, MAX_PLACES);
    this.mask = places - 1;
    this.table = this.region.take(places * sizeof<usize>());
  }

  private link(bucket: Bucket): void {
    const place = this.placeOf(bucket.hash, bucket.part);
    bucket.beside = changetype<Bucket | null>(load<usize>(place));
    store<usize>(place, changetype<usize>(bucket));
  }

  private grow(): void {
    const before = this.table;
    const size = this.mask + 1;
    if (size >= MAX_PLACES) return;
    this.take(size * 4);
    for (let i: u32 = 0; i < size; i++) {
      let bucket = changetype<Bucket | null>(load<usize>(before + i * sizeof<usize>()));
      while (bucket != null) {
        const next = bucket.beside;
        this.link(bucket);
        bucket = next;
      }
    }
  }

  /** Where the chain of a value begins. The same value of another fact has another chain: thousands of facts may have one value. */
  private placeOf(hash: u32, part: ValuePart): usize {
    return this.table + ((hash + part.slot * SPREAD) & this.mask) * sizeof<usize>();
  }
}
