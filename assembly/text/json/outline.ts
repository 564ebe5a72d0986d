import { Region } from "../../memory/region";
import { LongList } from "./node";
import { CLOSES, COMMA, FEW_FIELDS, LONG, MAX_LEVELS, OPENING_BRACE, QUOTE } from "./syntax";
import { spaceEnd } from "./space";
import { escapedEnd, plainEnd } from "./string";

/** The bit by which `[` and `{`, and `]` and `}`, differ. */
const BRACE: u32 = 0x20;

/** An array or object that is open. */
@unmanaged
class Level {
  /** The address of its opening byte. */
  from: usize;
  /** How many commas it has. */
  commas: u32;
  /** The last long list before it. */
  before: LongList;
}

/**
 * Finds the long lists and objects of a document by its brackets alone, several times as fast as by reading it. Whether it is JSON shows when
 * it is read.
 */
@unmanaged
export class Outline {
  /** What the first of them follows, and how many they are. */
  head: LongList;
  count: u32;
  /** Whether brackets do not pair or a string does not end: then nothing else that is said here counts. */
  isBroken: bool;
  /** Whether one of them is an object. */
  hasLongObject: bool;
  private lists: Region;
  private at: usize;
  private end: usize;
  /** The level of what is gone over now; before it lie those that it stands in. */
  private level: Level;
  private depth: u32;
  /** The last long list that ended. */
  private last: LongList;

  /** The outline of the bytes from `start` to `end`, to be filled by `step`. All that is known lies in `lists`. */
  static of(lists: Region, start: usize, end: usize): Outline {
    const outline = changetype<Outline>(lists.take(offsetof<Outline>()));
    outline.head = changetype<LongList>(lists.take(offsetof<LongList>()));
    outline.last = outline.head;
    outline.lists = lists;
    outline.at = start;
    outline.end = end;
    outline.level = changetype<Level>(lists.take((MAX_LEVELS + 1) * offsetof<Level>()));
    return outline;
  }

  /** Goes over about `most` bytes more; false if nothing is left to go over. */
  step(most: usize): bool {
    const end = this.end;
    const stop = min(this.at + most, end);
    let at = this.at;
    while (at < stop) {
      const byte = <u32>load<u8>(at++);
      if (byte == QUOTE) at = this.stringEnd(at);
      else if (byte == COMMA) this.level.commas++;
      else if ((byte | BRACE) == OPENING_BRACE) this.open(at - 1);
      else if ((byte | BRACE) == OPENING_BRACE + CLOSES) this.close(at, byte);
    }
    this.at = at;
    if (at < end && !this.isBroken) return true;
    if (this.depth != 0) this.isBroken = true;
    return false;
  }

  /** The address after the closing quote of a string whose bytes begin at `from`. */
  private stringEnd(from: usize): usize {
    const end = this.end;
    const at = escapedEnd(plainEnd(from, end), end);
    if (at < end && load<u8>(at) == QUOTE) return at + 1;
    this.isBroken = true;
    return end;
  }

  private open(from: usize): void {
    if (this.depth == MAX_LEVELS) {
      this.isBroken = true;
      return;
    }
    this.depth++;
    const level = changetype<Level>(changetype<usize>(this.level) + offsetof<Level>());
    level.from = from;
    level.commas = 0;
    level.before = this.last;
    this.level = level;
  }

  private close(to: usize, byte: u32): void {
    const level = this.level;
    if (this.depth == 0 || load<u8>(level.from) + CLOSES != byte) {
      this.isBroken = true;
      return;
    }
    this.depth--;
    this.level = changetype<Level>(changetype<usize>(level) - offsetof<Level>());
    if (to - level.from < LONG) return;
    const isObject = byte == OPENING_BRACE + CLOSES;
    if (isObject && level.commas < FEW_FIELDS) return;
    // What has nothing but spaces in it is empty.
    if (spaceEnd(level.from + 1, to) + 1 == to) return;
    if (isObject) this.hasLongObject = true;
    this.keep(level, to);
  }

  private keep(level: Level, to: usize): void {
    const list = changetype<LongList>(this.lists.take(offsetof<LongList>()));
    list.from = level.from;
    list.to = to;
    list.count = level.commas + 1;
    // Those that ended since this one began lie within it.
    list.inner = level.before.next;
    level.before.next = list;
    this.last = list;
    this.count++;
  }
}
