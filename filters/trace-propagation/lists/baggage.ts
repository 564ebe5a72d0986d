import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { isBaggageMember } from "./baggage-grammar";
import { ListMembers } from "./list-members";
import { ListState } from "./list-state";

/** Members that are passed on, and bytes of them all, commas and blanks included: as many as must be (W3C Baggage, "Limits"). */
const MAX_MEMBERS: u32 = 64;
const MAX_BYTES: u32 = 8192;
const COMMA: u8 = 0x2c;

/**
 * The baggage of a request (W3C Baggage), and what is to be done to pass it on. It lies in the arena. It is independent of the
 * trace context: it goes on where a trace begins anew.
 */
@unmanaged
export class Baggage {
  state: ListState;
  /** Bytes of all header lines, joined. */
  private length: u32;
  private lines: Value | null;

  /**
   * Reads the header lines from `first` on, null where there are none. Where they are valid and within the limits they are left
   * `AS_IT_CAME`, however many. They are to be written `ANEW` where they have empty members, which the grammar does not know but
   * every list may have (RFC 9110 §5.6.1.2), more than 64 others, or more than 8192 bytes.
   *
   * A member that is malformed makes all of it `INVALID`. The specification leaves open whether the others go on ("Mutating
   * baggage"). A comma that should have been encoded makes two members of one, so nobody knows that those beside it are whole,
   * and no part of a member may go on ("Limits").
   */
  static read(first: Value | null): Baggage {
    const baggage = changetype<Baggage>(arenaTake(offsetof<Baggage>()));
    baggage.state = ListState.ABSENT;
    baggage.length = 0;
    baggage.lines = first;
    if (first != null) baggage.state = baggage.judge(first);
    return baggage;
  }

  /**
   * The members as one header line to be written, in the arena, in their order and with the blanks that they have within. Those
   * go that would make it longer than 8192 bytes, and those behind the first 64. Null where none is left: then the header is to
   * be removed.
   */
  write(): Value | null {
    if (this.state == ListState.INVALID) return null;
    const start = arenaTake(min(this.length, MAX_BYTES));
    let at = start;
    let count: u32 = 0;
    const members = ListMembers.of(this.lines);
    while (count < MAX_MEMBERS && members.next()) {
      const comma: u32 = count == 0 ? 0 : 1;
      if (members.length == 0 || <u32>(at - start) + comma + members.length > MAX_BYTES) continue;
      if (comma != 0) store<u8>(at++, COMMA);
      memory.copy(at, members.start, members.length);
      at += members.length;
      count++;
    }
    return count == 0 ? null : Value.of(start, <u32>(at - start));
  }

  private judge(first: Value): ListState {
    this.length = joinedLength(first);
    let count: u32 = 0;
    let clean = true;
    const members = ListMembers.of(first);
    while (members.next()) {
      if (members.length == 0) clean = false;
      else if (!isBaggageMember(members.start, members.length)) return ListState.INVALID;
      else count++;
    }
    const fits = count <= MAX_MEMBERS && this.length <= MAX_BYTES;
    return clean && fits ? ListState.AS_IT_CAME : ListState.ANEW;
  }
}

/** Bytes of all header lines with a comma between two of them. */
function joinedLength(first: Value): u32 {
  let length = first.length;
  let line = first.next;
  while (line != null) {
    length += line.length + 1;
    line = line.next;
  }
  return length;
}
