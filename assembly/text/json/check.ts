import { Region } from "../../memory/region";
import { isDigit } from "../ascii";
import { Text, utf8 } from "../text";
import { MemberNames } from "./names";
import { LongList } from "./node";
import { jsonNumber } from "./number";
import { plainEnd, unescape } from "./string";

/** Values may lie this deep in one another. pluginConfig needs about 12. */
export const MAX_LEVELS: u32 = 64;
/**
 * The largest document that is read, in bytes. etcd stores 1.5 MiB of a resource, and the YAML of a resource is no shorter than
 * its JSON; whatever stands in so much is read in under half a second (`make growth`), for which all requests wait.
 */
export const MAX_BYTES: u32 = 2 << 20;
/** A list is a long one from this many bytes on. */
export const LONG: usize = 16 << 10;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const OPENING_BRACKET: u32 = 0x5b;
const OPENING_BRACE: u32 = 0x7b;
const CLOSING_BRACKET: u32 = 0x5d;
const CLOSING_BRACE: u32 = 0x7d;

/** An array or object that is open at the byte where the check stands. */
@unmanaged
class Composite {
  from: usize;
  /** The byte that closes it. */
  close: u32;
  count: u32;
  names: MemberNames;
  /** The last long list that was closed before this was opened. */
  before: LongList;
}

/**
 * Checks that a document is JSON (RFC 8259, nothing beyond it), and finds its long lists. It keeps no values: `JsonReader`
 * reads what was checked.
 *
 * Refused besides what the RFC refuses: the same name twice in an object (§4 leaves its meaning open), more than
 * `MAX_LEVELS` levels, `MAX_BYTES` bytes, numbers past a double's range.
 *
 * What is open is kept in records and not on the stack, so that the check can stop anywhere and go on later.
 */
@unmanaged
export class JsonCheck {
  /** What is wrong; null if nothing was found. */
  problem: Text | null;
  /** The offset of the byte at which it was found. */
  problemAt: u32;
  private region: Region;
  private start: usize;
  private at: usize;
  private end: usize;
  private depth: u32;
  private open: usize;
  private done: bool;
  /** A record before all long lists, which makes the first of them no special case. */
  private lists: LongList;
  private last: LongList;

  /** Begins the check of the `length` bytes at `start`. What it finds lies in `region`. */
  static begin(region: Region, start: usize, length: u32): JsonCheck {
    const check = changetype<JsonCheck>(region.take(offsetof<JsonCheck>()));
    check.region = region;
    check.start = start;
    check.at = start;
    check.end = start + length;
    check.open = region.take(MAX_LEVELS * offsetof<Composite>());
    check.lists = changetype<LongList>(region.take(offsetof<LongList>()));
    check.last = check.lists;
    for (let depth: u32 = 0; depth < MAX_LEVELS; depth++) {
      const names = changetype<MemberNames>(region.take(offsetof<MemberNames>()));
      names.open(region);
      check.composite(depth).names = names;
    }
    if (length > MAX_BYTES) check.fail(utf8("the document is larger than 2 MiB"));
    check.space();
    return check;
  }

  /** Checks about `most` bytes more; false when there is nothing left to check, as the document ended or is malformed. */
  step(most: usize): bool {
    const stop = this.at + min(most, this.end - this.at);
    while (this.problem == null) {
      if (this.done) return this.checkEnd();
      if (this.at >= stop && stop < this.end) return true;
      if (this.value()) this.afterValue();
    }
    return false;
  }

  /** The first of the long lists that lie in no other. */
  get longLists(): LongList | null {
    return this.lists.next;
  }

  private checkEnd(): bool {
    this.space();
    if (this.at < this.end) this.fail(utf8("unexpected text after the end of the document"));
    return false;
  }

  private fail(problem: Text): bool {
    this.problem = problem;
    this.problemAt = <u32>(this.at - this.start);
    return false;
  }

  private peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  private space(): void {
    const end = this.end;
    let at = this.at;
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte > 0x20 || (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09)) break;
      at++;
    }
    this.at = at;
  }

  /** Steps over a value, or into one that has others; false in the latter case, and where it is malformed. */
  private value(): bool {
    const byte = this.peek();
    switch (byte) {
      case OPENING_BRACE:
        return this.enter(CLOSING_BRACE);
      case OPENING_BRACKET:
        return this.enter(CLOSING_BRACKET);
      case QUOTE:
        return this.string() != 0;
      case 0x74:
        return this.word(utf8("true"));
      case 0x66:
        return this.word(utf8("false"));
      case 0x6e:
        return this.word(utf8("null"));
    }
    return this.number();
  }

  /** Steps behind the opening byte of an array or object, to its first value; true where it has none and ends. */
  private enter(close: u32): bool {
    if (this.depth == MAX_LEVELS) return this.fail(utf8("values are nested more than 64 levels deep"));
    const composite = this.composite(this.depth++);
    composite.from = this.at;
    composite.close = close;
    composite.count = 0;
    composite.before = this.last;
    this.at++;
    this.space();
    if (this.peek() == close) {
      this.leave(composite);
      return true;
    }
    if (close == CLOSING_BRACE) {
      composite.names.clear();
      this.name(composite.names);
    }
    return false;
  }

  /** Closes all that ends after the value that was just stepped over, and steps to the next value. */
  private afterValue(): void {
    while (this.depth > 0) {
      const composite = this.composite(this.depth - 1);
      composite.count++;
      this.space();
      const byte = this.peek();
      if (byte != composite.close) {
        if (byte != COMMA) {
          this.fail(utf8("expected a comma or the closing bracket"));
        } else {
          this.at++;
          this.space();
          if (composite.close == CLOSING_BRACE) this.name(composite.names);
        }
        return;
      }
      this.leave(composite);
    }
    this.done = true;
  }

  /** Steps over the closing byte. */
  private leave(composite: Composite): void {
    this.at++;
    this.depth--;
    if (composite.close != CLOSING_BRACKET || composite.count == 0 || this.at - composite.from < LONG) return;
    const list = changetype<LongList>(this.region.take(offsetof<LongList>()));
    list.from = composite.from;
    list.to = this.at;
    list.count = composite.count;
    const before = composite.before;
    list.inner = before.next;
    before.next = list;
    this.last = list;
  }

  /** Steps over a member's name and the colon after it. */
  private name(names: MemberNames): bool {
    const from = this.at;
    if (this.peek() != QUOTE) return this.fail(utf8("expected a name in double quotes"));
    const start = this.string();
    if (start == 0) return false;
    const escaped = start != from + 1;
    const length = escaped ? load<u32>(start - sizeof<u32>()) : <u32>(this.at - start) - 1;
    if (!names.add(start, length)) {
      this.at = from;
      return this.fail(utf8("an object has the same name twice"));
    }
    this.space();
    if (this.peek() != 0x3a) return this.fail(utf8("expected a colon"));
    this.at++;
    this.space();
    return true;
  }

  private word(word: Text): bool {
    if (this.end - this.at < word.length || !word.is(this.at, word.length)) return this.fail(utf8("expected a value"));
    this.at += word.length;
    return true;
  }

  /** number = [ minus ] int [ frac ] [ exp ] (RFC 8259 §6). */
  private number(): bool {
    const from = this.at;
    if (this.peek() == 0x2d) this.at++;
    if (this.peek() == 0x30) this.at++;
    else if (!this.digits()) return this.fail(utf8("expected a value"));
    if (this.peek() == 0x2e) {
      this.at++;
      if (!this.digits()) return this.fail(utf8("expected a digit"));
    }
    if ((this.peek() | 0x20) == 0x65) {
      this.at++;
      if (this.peek() == 0x2b || this.peek() == 0x2d) this.at++;
      if (!this.digits()) return this.fail(utf8("expected a digit"));
    }
    const value = jsonNumber(from, <u32>(this.at - from));
    if (value != Infinity && value != -Infinity) return true;
    this.at = from;
    return this.fail(utf8("the number is out of range"));
  }

  /** Steps over one digit or more; false where there is none. */
  private digits(): bool {
    const from = this.at;
    while (isDigit(this.peek())) this.at++;
    return this.at > from;
  }

  /**
   * Steps over a string (RFC 8259 §7), its opening quote being at hand. Gives the address of its bytes, which of one with escapes is that
   * of a `Text`'s; 0 where it is malformed.
   */
  private string(): usize {
    const from = this.at + 1;
    const end = this.end;
    let at = plainEnd(from, end);
    let escapes = false;
    while (at < end) {
      const byte = <u32>load<u8>(at);
      if (byte == QUOTE) break;
      this.at = at;
      if (byte != BACKSLASH) {
        this.fail(utf8("a string contains a control character"));
        return 0;
      }
      escapes = true;
      at = plainEnd(at + 2, end);
    }
    if (at >= end) {
      this.at = end;
      this.fail(utf8("a string is not closed"));
      return 0;
    }
    this.at = at + 1;
    if (!escapes) return from;
    const text = Text.copy(this.region, from, <u32>(at - from));
    const bad = unescape(text);
    if (bad == -1) return text.start;
    this.at = from + bad;
    this.fail(utf8("a string contains an invalid escape"));
    return 0;
  }

  private composite(depth: u32): Composite {
    return changetype<Composite>(this.open + depth * offsetof<Composite>());
  }
}
