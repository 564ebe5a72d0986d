import { Region } from "../../assembly/memory/region";

/** There is no place. */
export const NOWHERE: u32 = u32.MAX_VALUE;

/** The bytes before the places: what tells this directory from that of another configuration. */
const HEADER: u32 = 8;

/** The bytes of a directory with so many places. */
export function directorySize(places: u32): u32 {
  return HEADER + places * 8;
}

/** Which key has which place: the keys' hashes as all workers share them, 0 in a place that is free. */
@unmanaged
export class Directory {
  hash: u64;

  keyAt(place: u32): u64 {
    return load<u64>(this.address(place));
  }

  put(place: u32, key: u64): void {
    store<u64>(this.address(place), key);
  }

  private address(place: u32): usize {
    return changetype<usize>(this) + HEADER + place * 8;
  }
}

/** This worker's copy of a directory, in which a key is found by one look: open addressing, half full at most. */
@unmanaged
export class DirectoryCopy {
  private mask: u32;
  /** For each key its hash and its place. */
  private entries: usize;

  static open(places: u32, region: Region): DirectoryCopy {
    const copy = changetype<DirectoryCopy>(region.take(offsetof<DirectoryCopy>()));
    let size: u32 = 4;
    while (size < places * 2) size *= 2;
    copy.mask = size - 1;
    copy.entries = region.take(<usize>size * ENTRY);
    return copy;
  }

  /** Makes it what a directory is; null if nothing is known of one. */
  take(directory: Directory | null, places: u32): void {
    memory.fill(this.entries, 0, (<usize>this.mask + 1) * ENTRY);
    if (directory == null) return;
    for (let place: u32 = 0; place < places; place++) {
      const key = directory.keyAt(place);
      if (key != 0) this.add(key, place);
    }
  }

  /** The place of a key; `NOWHERE` if it has none. */
  find(key: u64): u32 {
    const entry = this.entryOf(key);
    return load<u64>(entry) == key ? load<u32>(entry, 8) : NOWHERE;
  }

  private add(key: u64, place: u32): void {
    const entry = this.entryOf(key);
    store<u64>(entry, key);
    store<u32>(entry, place, 8);
  }

  /** Where the key is, or would be. */
  private entryOf(key: u64): usize {
    let at = (<u32>key) & this.mask;
    let entry = this.entries + <usize>at * ENTRY;
    while (load<u64>(entry) != 0 && load<u64>(entry) != key) {
      at = (at + 1) & this.mask;
      entry = this.entries + <usize>at * ENTRY;
    }
    return entry;
  }
}

const ENTRY: usize = 16;
