import { Region } from "../memory/region";

/** So many fit before the array grows. */
const FIRST_ROOM: u32 = 16;

/** Something that is due at a time. Records that wait extend it. */
@unmanaged
export class Waiting {
  /** In nanoseconds of the monotonic clock. It must not change while it waits. */
  deadline: u64;
  /** Tells apart those with one deadline, the earlier one first. */
  order: u64;
  /** Its place in the heap, counted from 1; 0 if it does not wait. */
  place: u32;
  /** The filter whose it is, and the stream for which it waits; 0 if it waits for none. */
  owner: u32;
  stream: u32;
}

/**
 * What waits, the earliest deadline first: a binary heap of addresses in a region. Adding and removing take a number of steps
 * that grows with the logarithm of the count; nothing is allocated once it has been as large.
 */
@unmanaged
export class Deadlines {
  count: u32;
  private room: u32;
  private places: usize;
  private added: u64;
  private region: Region;

  static open(region: Region): Deadlines {
    const deadlines = changetype<Deadlines>(region.take(offsetof<Deadlines>()));
    deadlines.region = region;
    deadlines.room = FIRST_ROOM;
    deadlines.places = region.take(FIRST_ROOM * sizeof<usize>());
    return deadlines;
  }

  /** What is due first, and of several the one that was added first; null where nothing waits. */
  get first(): Waiting | null {
    return this.count == 0 ? null : this.at(1);
  }

  /** Adds what does not wait yet. */
  add(waiting: Waiting): void {
    if (this.count == this.room) this.grow();
    waiting.order = this.added++;
    this.count++;
    this.rise(waiting, this.count);
  }

  /** Removes what waits here. */
  remove(waiting: Waiting): void {
    const place = waiting.place;
    waiting.place = 0;
    const last = this.at(this.count);
    this.count--;
    if (last == waiting) return;
    if (place > 1 && isBefore(last, this.at(place >> 1))) this.rise(last, place);
    else this.sink(last, place);
  }

  /** Puts it at a free place, or above, where what was there gives way. */
  private rise(waiting: Waiting, from: u32): void {
    let place = from;
    while (place > 1) {
      const above = this.at(place >> 1);
      if (!isBefore(waiting, above)) break;
      this.put(above, place);
      place >>= 1;
    }
    this.put(waiting, place);
  }

  /** The same, or below. */
  private sink(waiting: Waiting, from: u32): void {
    let place = from;
    for (let below = place << 1; below <= this.count; below = place << 1) {
      let next = this.at(below);
      if (below < this.count) {
        const beside = this.at(below + 1);
        if (isBefore(beside, next)) next = beside;
      }
      if (!isBefore(next, waiting)) break;
      const freed = next.place;
      this.put(next, place);
      place = freed;
    }
    this.put(waiting, place);
  }

  private at(place: u32): Waiting {
    return changetype<Waiting>(load<usize>(this.places + (place - 1) * sizeof<usize>()));
  }

  private put(waiting: Waiting, place: u32): void {
    waiting.place = place;
    store<usize>(this.places + (place - 1) * sizeof<usize>(), changetype<usize>(waiting));
  }

  private grow(): void {
    const places = this.region.take(this.room * 2 * sizeof<usize>());
    memory.copy(places, this.places, this.room * sizeof<usize>());
    this.places = places;
    this.room *= 2;
  }
}

function isBefore(a: Waiting, b: Waiting): bool {
  return a.deadline < b.deadline || (a.deadline == b.deadline && a.order < b.order);
}
