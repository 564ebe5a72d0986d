import { Region } from "../../memory/region";
import { HASH_START, hashByte } from "../hash";
import { sameBytes } from "../text";

/** So many names are compared one by one; more are looked up by their hashes. */
const FEW: u32 = 16;
const FIRST_TABLE: u32 = 64;
/** In the place of an address: the name is there already. */
const TAKEN: usize = usize.MAX_VALUE;

/** A name, which lies elsewhere. */
@unmanaged
class Name {
  start: usize;
  length: u32;
}

/** The names of an object's members, each of which must be another. Used again for object after object. */
@unmanaged
export class MemberNames {
  /** How many there are. */
  count: u32;
  private region: Region;
  private names: usize;
  private room: u32;
  /** Of each name past `FEW` members its number and one, in the place of its hash or the next that is free; 0 where none is. */
  private table: usize;
  private tableRoom: u32;
  private tableSize: u32;

  /** Makes this, in zeroed memory, one whose names are noted in `region`. */
  open(region: Region): void {
    this.region = region;
  }

  /** Forgets the names. */
  clear(): void {
    this.count = 0;
  }

  /** Adds a name; false if it is there already. */
  add(start: usize, length: u32): bool {
    const place = this.placeOf(start, length);
    if (place == TAKEN) return false;
    if (this.count == this.room) this.grow();
    const name = this.at(this.count++);
    name.start = start;
    name.length = length;
    if (place != 0) store<u32>(place, this.count);
    return true;
  }

  /** Where the table has room for the name; 0 if there is no table yet. */
  private placeOf(start: usize, length: u32): usize {
    if (this.count < FEW) {
      for (let i: u32 = 0; i < this.count; i++) if (this.is(i, start, length)) return TAKEN;
      return 0;
    }
    if (this.count == FEW) this.lay(FIRST_TABLE);
    else if (this.count * 2 > this.tableSize) this.lay(this.tableSize * 4);
    return this.find(start, length);
  }

  private find(start: usize, length: u32): usize {
    let hash = HASH_START;
    for (let i: u32 = 0; i < length; i++) hash = hashByte(hash, load<u8>(start + i));
    while (true) {
      const place = this.table + ((hash & (this.tableSize - 1)) << 2);
      const number = load<u32>(place);
      if (number == 0) return place;
      if (this.is(number - 1, start, length)) return TAKEN;
      hash++;
    }
  }

  /** Lays the names out in a table of that size. */
  private lay(size: u32): void {
    if (size > this.tableRoom) {
      this.table = this.region.take((<usize>size) << 2);
      this.tableRoom = size;
    } else {
      memory.fill(this.table, 0, (<usize>size) << 2);
    }
    this.tableSize = size;
    for (let i: u32 = 0; i < this.count; i++) store<u32>(this.find(this.at(i).start, this.at(i).length), i + 1);
  }

  private is(number: u32, start: usize, length: u32): bool {
    const name = this.at(number);
    return sameBytes(name.start, name.length, start, length);
  }

  private at(number: u32): Name {
    return changetype<Name>(this.names + number * offsetof<Name>());
  }

  private grow(): void {
    this.room = max(FEW, this.room * 2);
    const names = this.region.take(this.room * offsetof<Name>());
    memory.copy(names, this.names, this.count * offsetof<Name>());
    this.names = names;
  }
}
