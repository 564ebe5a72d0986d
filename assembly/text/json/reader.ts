import { Region } from "../../memory/region";
import { isDigit } from "../ascii";
import { Text, sameBytes, utf8 } from "../text";
import { TextTable } from "../text-table";
import { JsonKind, JsonNode, LongList } from "./node";
import { jsonNumber } from "./number";
import { plainEnd, unescape } from "./string";

/** Values may lie this deep in one another. pluginConfig needs about 12. */
export const MAX_LEVELS: u32 = 64;
/**
 * The largest document that is read, in bytes. etcd stores 1.5 MiB of a resource, and the YAML of a resource is no shorter than
 * its JSON; whatever stands in so much is read in under half a second (`make growth`), for which all requests wait.
 */
export const MAX_BYTES: u32 = 2 << 20;
/** The longest string or name, in bytes as it is written: it is read in one step (`memory/agenda.ts`). */
export const MAX_STRING: usize = 32 << 10;
/** A list is a long one from this many bytes on. */
export const LONG: usize = 4 << 10;
/** So is an object if it has more members than this too: no record of fields has. */
export const FEW_FIELDS: u32 = 64;
/** Up to so many names of one object are compared one by one. */
const FEW_MEMBERS: u32 = 8;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const OPENING_BRACKET: u32 = 0x5b;
const OPENING_BRACE: u32 = 0x7b;
/** The byte that closes an array or object is this much above the one that opens it (U+005B and U+005D, U+007B and U+007D). */
const CLOSES: u32 = 2;

/**
 * Reads a JSON document (RFC 8259, nothing beyond it) into nodes that lie in a region.
 *
 * The document is read whole at first (`step`), so that a malformed one is refused. Of its long lists and objects nothing is kept then: their
 * items and members are read again one by one as they are asked for (`firstOf`, `nextOf`).
 *
 * Refused besides what the RFC refuses: the same name twice in an object (§4 leaves its meaning open), more than
 * `MAX_LEVELS` levels, `MAX_BYTES` bytes, `MAX_STRING` of a string, numbers past a double's range.
 *
 * What is open is known by the nodes and not by the stack, so that the reading can stop anywhere and go on later.
 */
@unmanaged
export class JsonReader {
  /** What is wrong; null if nothing was found. */
  problem: Text | null;
  /** The offset of the byte at which it was found. */
  problemAt: u32;
  /** The value that was read; null while some of it is left to read. */
  value: JsonNode | null;
  private region: Region;
  private lists: Region;
  private start: usize;
  private at: usize;
  private end: usize;
  /** The array or object that the next value stands in, and how many are open. */
  private open: JsonNode | null;
  private depth: u32;
  /** The last long list that ended. */
  private last: LongList;
  /** The next long list, if an item of one is read, and whether that has a name. */
  private long: LongList | null;
  private isMember: bool;

  /**
   * Begins the reading of the `length` bytes at `start`. Nodes lie in `region`, in which nothing else may be taken until the
   * document was read, and what is known of long lists in `lists`.
   */
  static begin(region: Region, lists: Region, start: usize, length: u32): JsonReader {
    const reader = changetype<JsonReader>(region.take(offsetof<JsonReader>()));
    reader.region = region;
    reader.lists = lists;
    reader.start = start;
    reader.at = start;
    reader.end = start + length;
    reader.last = changetype<LongList>(lists.take(offsetof<LongList>()));
    if (length > MAX_BYTES) reader.fail(utf8("the document is larger than 2 MiB"));
    reader.space();
    return reader;
  }

  /** Reads about `most` bytes more, which is not 0; false if nothing is left to read, as the document ended or is malformed. */
  step(most: usize): bool {
    const stop = this.at + most;
    while (this.problem == null) {
      if (this.value != null) {
        this.space();
        if (this.at < this.end) this.fail(utf8("unexpected text after the end of the document"));
        return false;
      }
      if (this.at >= stop) return true;
      this.next();
    }
    return false;
  }

  /** The first item or member of a long list or object. */
  firstOf(list: LongList): JsonNode | null {
    list.reached = list.inner;
    return this.item(list, list.from);
  }

  /** The item or member after the one that ended before `to`, the last that was read of it; null after the last of all. */
  nextOf(list: LongList, to: usize): JsonNode | null {
    this.at = to;
    this.space();
    return this.at + 1 == list.to ? null : this.item(list, this.at);
  }

  /**
   * Reads the members of a long object, at once: it is none any more. The object must not be used after the region was rewound to before
   * this call.
   */
  unfold(object: JsonNode, long: LongList): void {
    object.long = null;
    let member = this.firstOf(long);
    object.first = member;
    while (member != null) {
      const next = this.nextOf(long, member.to);
      member.next = next;
      member = next;
    }
  }

  /** Reads the item or member after the bracket, brace or comma that stands at `before`. */
  private item(list: LongList, before: usize): JsonNode | null {
    this.at = before + 1;
    this.space();
    this.long = list.reached;
    this.value = null;
    this.isMember = load<u8>(list.from) == OPENING_BRACE;
    while (this.value == null) this.next();
    list.reached = this.long;
    return this.value;
  }

  /** Reads the next value, in an object with its name; of an array or object that is not empty its opening byte alone. */
  private next(): void {
    const node = changetype<JsonNode>(this.region.take(offsetof<JsonNode>()));
    const parent = this.open;
    if (parent != null) {
      if (parent.kind == JsonKind.OBJECT && !this.name(parent, node)) return;
      const last = parent.last;
      if (last == null) parent.first = node;
      else last.next = node;
      parent.last = node;
      parent.count++;
    } else if (this.isMember) {
      this.name(null, node);
    }
    node.parent = parent;
    node.from = this.at;
    if (this.begins(node)) this.ended(node);
  }

  /** Steps over a value, or into an array or object that is not empty; false in the latter case, and where it is malformed. */
  private begins(node: JsonNode): bool {
    const byte = this.peek();
    switch (byte) {
      case OPENING_BRACE:
        node.kind = JsonKind.OBJECT;
        return this.enter(node, byte);
      case OPENING_BRACKET:
        node.kind = JsonKind.ARRAY;
        return this.enter(node, byte);
      case QUOTE:
        node.kind = JsonKind.STRING;
        node.start = this.string();
        node.count = this.lengthOf(node.start, node.from);
        return node.start != 0;
      case 0x74:
        node.flag = true;
        node.kind = JsonKind.BOOLEAN;
        return this.word(utf8("true"));
      case 0x66:
        node.kind = JsonKind.BOOLEAN;
        return this.word(utf8("false"));
      case 0x6e:
        return this.word(utf8("null"));
    }
    node.kind = JsonKind.NUMBER;
    return this.number();
  }

  /** Steps over the opening byte of an array or object, to its first value; true where it has none or is long, and ends. */
  private enter(node: JsonNode, byte: u32): bool {
    const long = this.long;
    if (long != null && long.from == this.at) {
      node.long = long;
      node.count = long.count;
      this.at = long.to;
      this.long = long.next;
      return true;
    }
    if (this.depth == MAX_LEVELS) return this.fail(utf8("values are nested more than 64 levels deep"));
    this.at++;
    this.space();
    if (this.peek() == byte + CLOSES) {
      this.at++;
      return true;
    }
    this.depth++;
    node.before = this.last;
    // What is kept of its name lies behind the node too, and stays.
    node.mark = this.region.mark;
    this.open = node;
    return false;
  }

  /** Closes all that ends after the value that was just stepped over, and steps to the next value. */
  private ended(node: JsonNode): void {
    node.to = this.at;
    let parent = node.parent;
    while (parent != null) {
      this.space();
      const byte = this.peek();
      if (byte != load<u8>(parent.from) + CLOSES) {
        if (byte != COMMA) {
          this.fail(utf8("expected a comma or the closing bracket"));
        } else {
          this.at++;
          this.space();
          this.open = parent;
          if (parent.kind == JsonKind.ARRAY && this.at - parent.from >= LONG) this.forget(parent);
        }
        return;
      }
      this.at++;
      this.depth--;
      node = parent;
      node.to = this.at;
      if (this.at - node.from >= LONG && (node.kind == JsonKind.ARRAY || node.count > FEW_FIELDS)) this.keepList(node);
      parent = node.parent;
    }
    this.open = null;
    this.value = node;
  }

  /** Gives back the items or members that were read. */
  private forget(list: JsonNode): void {
    list.first = null;
    list.last = null;
    this.region.rewind(list.mark);
  }

  /** Keeps where the items or members are, in their place. */
  private keepList(node: JsonNode): void {
    this.forget(node);
    const list = changetype<LongList>(this.lists.take(offsetof<LongList>()));
    list.from = node.from;
    list.to = node.to;
    list.count = node.count;
    const before = node.before;
    list.inner = before.next;
    before.next = list;
    this.last = list;
    node.long = list;
  }

  /** Steps over a member's name and the colon after it; compares it with the others of `object`, null if that was done before. */
  private name(object: JsonNode | null, member: JsonNode): bool {
    const from = this.at;
    if (this.peek() != QUOTE) return this.fail(utf8("expected a name in double quotes"));
    const start = this.string();
    if (start == 0) return false;
    member.key = start;
    member.keyLength = this.lengthOf(start, from);
    if (object != null && this.isTwice(object, member)) {
      this.at = from;
      return this.fail(utf8("an object has the same name twice"));
    }
    this.space();
    if (this.peek() != 0x3a) return this.fail(utf8("expected a colon"));
    this.at++;
    this.space();
    return true;
  }

  /** Whether an object has a member of the same name already; notes the name if it has not. */
  private isTwice(object: JsonNode, member: JsonNode): bool {
    const names = object.names;
    if (names != null) return this.isNoted(names, member);
    const table = object.count == FEW_MEMBERS ? TextTable.open(this.region) : null;
    object.names = table;
    let other = object.first;
    while (other != null) {
      if (table != null) this.isNoted(table, other);
      if (sameBytes(other.key, other.keyLength, member.key, member.keyLength)) return true;
      other = other.next;
    }
    return table != null && this.isNoted(table, member);
  }

  private isNoted(names: TextTable, member: JsonNode): bool {
    return names.entry(Text.copy(this.region, member.key, member.keyLength)).value++ != 0;
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
    if (Math.abs(jsonNumber(from, <u32>(this.at - from))) < Infinity) return true;
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
    if (at - from > MAX_STRING) {
      this.at = from - 1;
      this.fail(utf8("a string is longer than 32 KiB"));
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

  /** How many bytes a string has that began at `from` and was just stepped over. */
  private lengthOf(start: usize, from: usize): u32 {
    return start == from + 1 ? <u32>(this.at - start - 1) : start == 0 ? 0 : load<u32>(start - sizeof<u32>());
  }
}
