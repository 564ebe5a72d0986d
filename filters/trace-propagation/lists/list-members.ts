import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { isBlank } from "../../../assembly/text/ascii";

const COMMA: u8 = 0x2c;

/**
 * The members of a comma-separated list in the order in which they stand, over all header lines of its name, which count as
 * one that is joined by commas (RFC 9110 §5.3). Blanks around a member are none of it, and it may be empty (§5.6.1).
 */
@unmanaged
export class ListMembers {
  /** The bytes of the member that `next` has come to. */
  start: usize;
  length: u32;
  /** Where the next member begins; 0 where that is on another line. */
  private at: usize;
  private end: usize;
  private line: Value | null;

  /** Before the first member of the header lines from `first` on. */
  static of(first: Value | null): ListMembers {
    const members = changetype<ListMembers>(arenaTake(offsetof<ListMembers>()));
    members.at = 0;
    members.line = first;
    return members;
  }

  /** Goes on to the next member; false behind the last one. An empty line is one empty member. */
  next(): bool {
    if (this.at == 0) {
      const line = this.line;
      if (line == null) return false;
      this.line = line.next;
      this.at = line.start;
      this.end = line.start + line.length;
    }
    const comma = this.comma();
    this.trim(this.at, comma);
    this.at = comma < this.end ? comma + 1 : 0;
    return true;
  }

  /** Where the next comma stands; the end of the line where there is none. */
  private comma(): usize {
    let at = this.at;
    while (at < this.end && load<u8>(at) != COMMA) at++;
    return at;
  }

  private trim(from: usize, to: usize): void {
    let start = from;
    let end = to;
    while (start < end && isBlank(load<u8>(start))) start++;
    while (end > start && isBlank(load<u8>(end - 1))) end--;
    this.start = start;
    this.length = <u32>(end - start);
  }
}
