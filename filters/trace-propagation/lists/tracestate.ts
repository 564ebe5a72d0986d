import { arenaTake } from "../../../assembly/memory/arena";
import { Value } from "../../../assembly/request/value";
import { Text, sameBytes } from "../../../assembly/text/text";
import { ListMembers } from "./list-members";
import { ListState } from "./list-state";
import { isValue, keyLengthOf } from "./tracestate-grammar";

/** Members that a list has at most (W3C Trace Context Level 2, "tracestate Header Field Values"). */
const MAX_MEMBERS: u32 = 32;
/** Characters of the whole list that are passed on: as many as the specification wants at least ("tracestate Limits"). */
const MAX_CHARACTERS: u32 = 512;
/** A member of more characters is the first to go where the list is too long (the same). */
const LARGE: u32 = 128;
const COMMA: u8 = 0x2c;
const EQUALS: u8 = 0x3d;

/** A member of the list: `length` bytes, of which the first `keyLength` are the key, and the rest `=` and the value. */
@unmanaged
class Member {
  start: usize;
  length: u32;
  keyLength: u32;

  get valueStart(): usize {
    return this.start + this.keyLength + 1;
  }

  get valueLength(): u32 {
    return this.length - this.keyLength - 1;
  }

  hasKey(start: usize, length: u32): bool {
    return sameBytes(this.start, this.keyLength, start, length);
  }
}

/**
 * The tracestate of a request (W3C Trace Context Level 2, "Tracestate Header"): its members in their order, and what is to be done to pass
 * them on. It lies in the arena. It counts only where traceparent does: with none, or a malformed one, the specification
 * has it discarded ("Processing Model"), and that is for whoever asks to see to.
 */
@unmanaged
export class Tracestate {
  state: ListState;
  /** How many members there are. */
  count: u32;
  /** How many members at the front were put there by `put`: 1 or none. */
  private own: u32;

  /**
   * Reads the header lines from `first` on, null where there are none. A member that is malformed makes all of it `INVALID`, as
   * more than 32 do: it then holds none. Of several members with one key the first, which is the latest, is held.
   *
   * One line that is valid is left `AS_IT_CAME`, blanks and all. It is to be written `ANEW` where there are several lines, empty
   * members, keys that come again, or more than 512 characters.
   */
  static read(first: Value | null): Tracestate {
    const tracestate = changetype<Tracestate>(arenaTake(offsetof<Tracestate>() + MAX_MEMBERS * offsetof<Member>()));
    tracestate.state = ListState.ABSENT;
    tracestate.count = 0;
    tracestate.own = 0;
    if (first != null) tracestate.readLines(first);
    return tracestate;
  }

  /** The value of the member with that key; null where there is none. */
  find(key: Text): Value | null {
    const index = this.indexOf(key.start, key.length);
    if (index == this.count) return null;
    const member = this.at(index);
    return Value.of(member.valueStart, member.valueLength);
  }

  /**
   * Puts a member at the front, where one that was changed must be ("Mutating the tracestate Field"), instead of one that has the key already. Of 32 others
   * the last one goes. `key` and `value` must be such by the grammar, and of 512 characters at most with the `=`.
   */
  put(key: Text, value: Value): void {
    this.delete(key);
    if (this.count == MAX_MEMBERS) this.count--;
    memory.copy(changetype<usize>(this.at(1)), changetype<usize>(this.at(0)), this.count * offsetof<Member>());
    this.count++;
    const member = this.at(0);
    member.keyLength = key.length;
    member.length = key.length + 1 + value.length;
    member.start = arenaTake(member.length);
    memory.copy(member.start, key.start, key.length);
    store<u8>(member.start + key.length, EQUALS);
    memory.copy(member.valueStart, value.start, value.length);
    this.state = ListState.ANEW;
    this.own = 1;
  }

  /** Takes out the member with that key, if there is one. */
  delete(key: Text): void {
    const index = this.indexOf(key.start, key.length);
    if (index == this.count) return;
    this.remove(index);
    this.state = ListState.ANEW;
  }

  /**
   * The list as one header line to be written, in the arena; null where no member is left: then the header is to be removed.
   * What makes it longer than 512 characters is left out, whole members only: those of more than 128 first, then any, from the
   * end on ("tracestate Limits"). What `put` put there stays.
   */
  write(): Value | null {
    this.shorten();
    if (this.count == 0) return null;
    const length = this.size();
    const start = arenaTake(length);
    let at = start;
    for (let i: u32 = 0; i < this.count; i++) {
      if (i > 0) store<u8>(at++, COMMA);
      const member = this.at(i);
      memory.copy(at, member.start, member.length);
      at += member.length;
    }
    return Value.of(start, length);
  }

  private readLines(first: Value): void {
    this.state = first.next == null && first.length <= MAX_CHARACTERS ? ListState.AS_IT_CAME : ListState.ANEW;
    const members = ListMembers.of(first);
    let seen: u32 = 0;
    while (members.next()) {
      if (members.length == 0) {
        this.state = ListState.ANEW;
      } else if (++seen > MAX_MEMBERS || !this.take(members.start, members.length)) {
        this.count = 0;
        this.state = ListState.INVALID;
        return;
      }
    }
  }

  /** Takes a member in unless its key is there already; false where it is malformed. */
  private take(start: usize, length: u32): bool {
    const keyLength = keyLengthOf(start, length);
    if (keyLength == 0 || !isValue(start + keyLength + 1, length - keyLength - 1)) return false;
    if (this.indexOf(start, keyLength) < this.count) {
      this.state = ListState.ANEW;
      return true;
    }
    const member = this.at(this.count++);
    member.start = start;
    member.length = length;
    member.keyLength = keyLength;
    return true;
  }

  private shorten(): void {
    const first = this.own;
    let size = this.size();
    for (let i = this.count; i > first && size > MAX_CHARACTERS; i--) {
      if (this.at(i - 1).length > LARGE) {
        this.remove(i - 1);
        size = this.size();
      }
    }
    while (size > MAX_CHARACTERS) {
      this.count--;
      size = this.size();
    }
  }

  /** The characters of the list, commas and all. */
  private size(): u32 {
    let size = this.count == 0 ? 0 : this.count - 1;
    for (let i: u32 = 0; i < this.count; i++) size += this.at(i).length;
    return size;
  }

  /** Where the member with that key is; `count` where there is none. */
  private indexOf(key: usize, length: u32): u32 {
    let index: u32 = 0;
    while (index < this.count && !this.at(index).hasKey(key, length)) index++;
    return index;
  }

  private remove(index: u32): void {
    if (index == 0) this.own = 0;
    this.count--;
    const to = changetype<usize>(this.at(index));
    memory.copy(to, to + offsetof<Member>(), (this.count - index) * offsetof<Member>());
  }

  private at(index: u32): Member {
    return changetype<Member>(changetype<usize>(this) + offsetof<Tracestate>() + index * offsetof<Member>());
  }
}
