import { Region } from "../../../assembly/memory/region";

/** How many bytes of spans a batch holds, and how many batches there are at most: a mebibyte waits, and no more. */
const ROOM: u32 = 128 << 10;
const MAX_BATCHES: u32 = 8;

/** Spans that are sent together, encoded one behind the other. */
@unmanaged
export class Batch {
  /** Where spans begin: what is put before them has its place there. */
  spans: usize;
  /** Where the next one goes, and where there is no more room. */
  end: usize;
  private limit: usize;
  /** How many there are. */
  count: u32;
  next: Batch | null;

  /** Whether so many bytes more fit. */
  fits(size: u32): bool {
    return size <= <u32>(this.limit - this.end);
  }
}

/** The batches of a configuration: made when they are needed, and used again and again. */
@unmanaged
export class Batches {
  private region: Region;
  private free: Batch | null;
  private made: u32;
  private headroom: u32;

  /** `headroom`: bytes before the spans. */
  static open(region: Region, headroom: u32): Batches {
    const batches = changetype<Batches>(region.take(offsetof<Batches>()));
    batches.region = region;
    batches.headroom = headroom;
    return batches;
  }

  /** An empty batch; null if all are in use. */
  take(): Batch | null {
    let batch = this.free;
    if (batch == null) {
      if (this.made == MAX_BATCHES) return null;
      batch = this.make();
    } else {
      this.free = batch.next;
    }
    batch.end = batch.spans;
    batch.count = 0;
    batch.next = null;
    return batch;
  }

  give(batch: Batch): void {
    batch.next = this.free;
    this.free = batch;
  }

  private make(): Batch {
    this.made++;
    const batch = changetype<Batch>(this.region.take(offsetof<Batch>()));
    // A byte more, for what is put behind the spans.
    batch.spans = this.region.take(this.headroom + ROOM + 1) + this.headroom;
    batch.limit = batch.spans + ROOM;
    return batch;
  }
}
