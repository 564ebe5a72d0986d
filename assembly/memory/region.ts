import { HEADER as BLOCK_HEADER, allocate, release, roomOf } from "./heap";
/** Bytes of a chunk's header: the addresses of the chunk before it and of its own end. */
const HEADER: usize = 8;
/** Bytes that a chunk has behind its end: zeroing eight at a time may write so far past it. */
const SPARE: usize = 4;
const FIRST_CHUNK: usize = 4096 - BLOCK_HEADER;
const LARGEST_STEP: usize = (1 << 20) - BLOCK_HEADER;
/** So many bytes more than a piece needs are zeroed with it: `memory.fill` is a call out of the compiled code. */
const WINDOW: usize = 1 << 10;
/** Up to so many bytes are zeroed by stores, when they are given back. */
const SMALL: usize = 128;

/**
 * Memory that is taken piece by piece and given back whole.
 *
 * A configuration's plan is one region: everything it points to lies in it, so dropping the root context is one
 * `close()`, and nothing of an old configuration can be left behind. `take` is for configure time. A request takes
 * nothing, with two exceptions: the heap of deadlines doubles when more requests are held than ever before, and circuit-breaking makes what
 * a circuit for each key needs when requests first have one.
 */
@unmanaged
export class Region {
  private chunk: usize;
  private next: usize;
  /** What is free up to here is zeroed. */
  private clean: usize;
  private end: usize;
  private total: usize;

  /** Gives an empty region. Chunks come from the heap when they are needed. */
  static open(): Region {
    const region = changetype<Region>(allocate(offsetof<Region>()));
    region.chunk = 0;
    region.next = 0;
    region.clean = 0;
    region.end = 0;
    region.total = 0;
    return region;
  }

  /**
   * Gives the address of `size` zeroed bytes, aligned to 4, that live as long as the region. WebAssembly needs no alignment, and a plan is
   * mostly records of a few words.
   */
  take(size: usize): usize {
    return this.takeOften(size);
  }

  /** The same without a call while there is zeroed memory: for the records of which reading a configuration takes most. */
  @inline
  takeOften(size: usize): usize {
    const at = this.next;
    const aligned = (size + 3) & ~3;
    if (this.clean - at < aligned) return this.takeUnclean(aligned);
    this.next = at + aligned;
    return at;
  }

  /** The bytes that the region holds of the heap, used or not. */
  get size(): usize {
    return this.total;
  }

  /** How far the region is filled, for `rewind`. */
  get mark(): usize {
    return this.next;
  }

  /**
   * Gives back what was taken since the region was filled up to `mark`, or what was taken after a piece that ends there: no address of
   * that may be used afterwards.
   */
  rewind(mark: usize): void {
    const next = (mark + 3) & ~3;
    if (this.isInChunk(mark) && this.next - next <= SMALL) {
      for (let at = next; at < this.next; at += sizeof<u64>()) store<u64>(at, 0);
    } else {
      this.clean = next;
    }
    while (!this.isInChunk(mark)) {
      const before = load<usize>(this.chunk);
      this.total -= this.end - this.chunk;
      release(this.chunk);
      this.chunk = before;
      this.end = before == 0 ? 0 : load<usize>(before, sizeof<usize>());
    }
    this.next = next;
  }

  /** Gives everything back, the region itself included: no address that came from it may be used afterwards. */
  close(): void {
    let chunk = this.chunk;
    while (chunk != 0) {
      const before = load<usize>(chunk);
      release(chunk);
      chunk = before;
    }
    release(changetype<usize>(this));
  }

  private isInChunk(mark: usize): bool {
    return mark - this.chunk <= this.end - this.chunk;
  }

  /** The same where not so much is zeroed or free. */
  private takeUnclean(size: usize): usize {
    if (this.end - this.next < size) this.grow(size);
    const at = this.next;
    const next = at + size;
    const clean = min(next + WINDOW, this.end);
    memory.fill(this.clean, 0, clean - this.clean);
    this.clean = clean;
    this.next = next;
    return at;
  }

  private grow(least: usize): void {
    let size = this.total < FIRST_CHUNK ? FIRST_CHUNK : this.total;
    if (size > LARGEST_STEP) size = LARGEST_STEP;
    if (size < least + (HEADER + SPARE)) size = least + (HEADER + SPARE);
    const chunk = allocate(size);
    size = roomOf(chunk) - SPARE;
    store<usize>(chunk, this.chunk);
    store<usize>(chunk, chunk + size, sizeof<usize>());
    this.chunk = chunk;
    this.next = chunk + HEADER;
    this.clean = this.next;
    this.end = chunk + size;
    this.total += size;
  }
}
