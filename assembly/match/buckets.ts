import { Region } from "../memory/region";
import { Text } from "../text/text";
import { Probe } from "./probe";

/** What hangs on one value of one fact. */
@unmanaged
export class Bucket {
  probe: Probe;
  text: Text;
  hash: u32;
  /** How many rules ask for exactly this, while an index is made. */
  asked: u32;
  /** What the table's owner keeps here: the ends of a list. */
  first: usize;
  last: usize;
  beside: Bucket | null;
}

/** Buckets, found by the hash of their texts. */
@unmanaged
export class Buckets {
  region: Region;
  private table: usize;
  private mask: u32;

  /** An empty table, in `region`, for about so many buckets. */
  static open(region: Region, count: u32): Buckets {
    const buckets = changetype<Buckets>(region.take(offsetof<Buckets>()));
    let size: u32 = 16;
    while (size < count * 2) size *= 2;
    buckets.region = region;
    buckets.mask = size - 1;
    buckets.table = region.take(size * sizeof<usize>());
    return buckets;
  }

  /** The bucket of a probe for the `length` bytes at `start`, whose hash is given; null where there is none. */
  find(probe: Probe, hash: u32, start: usize, length: u32): Bucket | null {
    let bucket = changetype<Bucket | null>(load<usize>(this.slotOf(hash)));
    while (bucket != null) {
      if (bucket.hash == hash && bucket.probe == probe && bucket.text.length == length) {
        if (probe.holds(bucket.text, start)) return bucket;
      }
      bucket = bucket.beside;
    }
    return null;
  }

  /** Adds a bucket that `find` did not find. `text` is kept, not copied. */
  add(probe: Probe, hash: u32, text: Text): Bucket {
    const bucket = changetype<Bucket>(this.region.take(offsetof<Bucket>()));
    bucket.probe = probe;
    bucket.text = text;
    bucket.hash = hash;
    const slot = this.slotOf(hash);
    bucket.beside = changetype<Bucket | null>(load<usize>(slot));
    store<usize>(slot, changetype<usize>(bucket));
    return bucket;
  }

  private slotOf(hash: u32): usize {
    return this.table + (hash & this.mask) * sizeof<usize>();
  }
}
