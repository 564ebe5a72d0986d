import { Region } from "../memory/region";
import { sameIgnoringCase } from "../text/ascii";
import { equalBytes } from "../text/equal-bytes";

/** Which part of a fact's value leads to a bucket. */
export const enum Part {
  WHOLE,
  /** Its first bytes. */
  START,
  /** Its last bytes. */
  END,
  /** Some of its bytes, wherever they stand. */
  INSIDE,
}

/** A length that a part's buckets have. */
@unmanaged
export class PartLength {
  length: u32;
  next: PartLength | null;
}

/** A part of a fact's values, by which buckets are told apart. */
@unmanaged
export class ValuePart {
  slot: u32;
  part: Part;
  ignoreCase: bool;
  /** Whether something is kept in one of its buckets. */
  used: bool;
  /** Of the buckets in use, ascending; each once. Of whole values there are none. */
  protected lengths: PartLength | null;

  /** Takes note that something is kept in a bucket of that length. */
  use(region: Region, length: u32): void {
    this.used = true;
    if (this.part == Part.WHOLE) return;
    let before: PartLength | null = null;
    let at = this.lengths;
    while (at != null && at.length < length) {
      before = at;
      at = at.next;
    }
    if (at != null && at.length == length) return;
    const added = changetype<PartLength>(region.take(offsetof<PartLength>()));
    added.length = length;
    added.next = at;
    if (before == null) this.lengths = added;
    else before.next = added;
  }

  /** Whether a bucket's bytes are those of a value. */
  isSame(bytes: usize, start: usize, length: u32): bool {
    return this.ignoreCase ? sameIgnoringCase(bytes, length, start, length) : equalBytes(bytes, start, length);
  }
}
