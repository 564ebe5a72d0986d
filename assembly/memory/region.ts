/** Bytes of a chunk's header: the address of the chunk before it, padded to 8. */
const HEADER: usize = 8;
const FIRST_CHUNK: usize = 4096;
const LARGEST_STEP: usize = 1 << 20;
/** Up to so many bytes are zeroed by stores: `memory.fill` is a call out of the compiled code, dearer than these. */
const SMALL: usize = 128;

/** How far a region was filled. */
@unmanaged
export class Mark {
  chunk: usize;
  next: usize;
  end: usize;
  total: usize;
}

/**
 * Memory that is taken piece by piece and given back whole.
 *
 * A configuration's plan is one region: everything it points to lies in it, so dropping the root context is one
 * `close()`, and nothing of an old configuration can be left behind. `take` is for configure time. A request takes
 * nothing, with one exception: the heap of deadlines doubles when more requests are held than ever before.
 */
@unmanaged
export class Region {
  private chunk: usize;
  private next: usize;
  private end: usize;
  private total: usize;

  /** Gives an empty region. Chunks come from the runtime's heap when they are needed. */
  static open(): Region {
    const region = changetype<Region>(heap.alloc(offsetof<Region>()));
    region.chunk = 0;
    region.next = 0;
    region.end = 0;
    region.total = 0;
    return region;
  }

  /** Gives the address of `size` zeroed bytes, aligned to 8, that live as long as the region. */
  take(size: usize): usize {
    const aligned = (size + 7) & ~7;
    if (this.end - this.next < aligned) this.grow(aligned);
    const at = this.next;
    this.next += aligned;
    if (aligned > SMALL) memory.fill(at, 0, aligned);
    else for (let to = at; to < at + aligned; to += sizeof<u64>()) store<u64>(to, 0);
    return at;
  }

  /** The bytes that the region holds of the heap, used or not. */
  get size(): usize {
    return this.total;
  }

  /** Notes how far the region is filled, for `rewind`. */
  note(mark: Mark): void {
    mark.chunk = this.chunk;
    mark.next = this.next;
    mark.end = this.end;
    mark.total = this.total;
  }

  /** Gives back what was taken since `mark` was noted: no address of that may be used afterwards. */
  rewind(mark: Mark): void {
    const chunk = mark.chunk;
    const next = mark.next;
    const end = mark.end;
    const total = mark.total;
    while (this.chunk != chunk) {
      const before = load<usize>(this.chunk);
      heap.free(this.chunk);
      this.chunk = before;
    }
    this.next = next;
    this.end = end;
    this.total = total;
  }

  /** Gives everything back, the region itself included: no address that came from it may be used afterwards. */
  close(): void {
    let chunk = this.chunk;
    while (chunk != 0) {
      const before = load<usize>(chunk);
      heap.free(chunk);
      chunk = before;
    }
    heap.free(changetype<usize>(this));
  }

  private grow(least: usize): void {
    let size = this.total < FIRST_CHUNK ? FIRST_CHUNK : this.total;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    if (size < least + HEADER) size = least + HEADER;
    const chunk = heap.alloc(size);
    store<usize>(chunk, this.chunk);
    this.chunk = chunk;
    this.next = chunk + HEADER;
    this.end = chunk + size;
    this.total += size;
  }
}
