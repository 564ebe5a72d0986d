import { Region } from "../../memory/region";
import { isDigit } from "../ascii";
import { Text, sameBytes, utf8 } from "../text";
import { TextTable } from "../text-table";
import { JsonKind, JsonNode, LongList } from "./node";
import { jsonNumber } from "./number";
import { Outline } from "./outline";
import { Space, spaceEnd } from "./space";
import { escapedEnd, plainEnd, unescape } from "./string";
import { CLOSES, COLON, COMMA, MAX_LEVELS, OPENING_BRACE, OPENING_BRACKET, QUOTE } from "./syntax";

/**
 * The largest document that is read, in bytes. etcd stores 1.5 MiB of a resource, and the YAML of a resource is no shorter than
 * its JSON; whatever stands in so much is read in under half a second (`make growth`), for which all requests wait.
 */
export const MAX_BYTES: u32 = 2 << 20;
/** The longest string or name, in bytes as it is written: it is read in one step (`memory/agenda.ts`). */
export const MAX_STRING: usize = 32 << 10;
/** Up to so many names of one object are compared one by one. */
const FEW_MEMBERS: u32 = 8;

/** An array or object that is open. The first level stands for none: its node is null. */
@unmanaged
class Level {
  node: JsonNode | null;
  /** Its last item or member so far. */
  last: JsonNode | null;
  /** Its members' names, if they are many. */
  names: TextTable | null;
  /** How far the region was filled before its first item or member. */
  mark: usize;
}

/**
 * Reads a JSON document (RFC 8259, nothing beyond it) into nodes that lie in a region.
 *
 * At first (`step`) the places of its long lists and objects are found (`Outline`), and what stands outside of them is read. Their items and
 * members are read one by one as they are asked for (`firstOf`, `nextOf`). What is malformed in one shows when it is read, if it is: whether
 * the document is known to be JSON or not to be, `isSure` tells at the end, and `check` reads all of it once more if not. A `strict` reading
 * does that first. `problem` counts before the value.
 *
 * Refused besides what the RFC refuses: the same name twice in an object (§4 leaves its meaning open), more than
 * `MAX_LEVELS` levels, `MAX_BYTES` bytes, `MAX_STRING` of a string, numbers past a double's range.
 *
 * What is open is known by a list of levels and not by the stack, so that the reading can stop anywhere and go on later.
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
  private start: usize;
  private at: usize;
  private end: usize;
  private outline: Outline;
  /** Whether the long lists are not found yet. */
  private isOutlining: bool;
  /** Whether all is read only to know that it is JSON, and whether that was begun. */
  private isChecking: bool;
  private checkBegun: bool;
  /** Whether something was found malformed before. */
  private wasMalformed: bool;
  /** How many long lists were not yet read to their end. */
  private unread: u32;
  /** The levels: that of no array or object, and behind it those that are open, and how many these are. */
  private levels: usize;
  private level: Level;
  private depth: u32;
  /** The next long list, if they are known, and whether the value that is read has a name. */
  private long: LongList | null;
  private isMember: bool;
  /** Where the bytes of the string are that was stepped over last, unescaped, and how many. */
  private textStart: usize;
  private textLength: u32;

  /**
   * Begins the reading of the `length` bytes at `start`. Nodes lie in `region`, in which nothing else may be taken until `step` is done, and
   * what outlives them in `lists`.
   */
  static begin(region: Region, lists: Region, start: usize, length: u32, strict: bool): JsonReader {
    const reader = changetype<JsonReader>(region.take(offsetof<JsonReader>()));
    reader.region = region;
    reader.start = start;
    reader.end = start + length;
    reader.outline = Outline.of(lists, start, reader.end);
    reader.levels = lists.take((MAX_LEVELS + 1) * offsetof<Level>());
    reader.isOutlining = true;
    reader.isChecking = strict;
    if (length > MAX_BYTES) reader.fail(start, utf8("the document is larger than 2 MiB"));
    return reader;
  }

  /** False if only a strict reading tells the first mistake, or that there is none: some long list was not read to its end. */
  get isSure(): bool {
    return this.checkBegun || this.unread == 0;
  }

  /** Has `step` read all of the document strictly. It must not be read otherwise before that is done. */
  check(): void {
    this.isChecking = true;
    this.checkBegun = true;
    this.wasMalformed = this.problem != null;
    this.beginRoot(null);
  }

  /** Goes over about `most` bytes more, which is not 0; false if nothing is left, as the document ended or is malformed. */
  step(most: usize): bool {
    const stop = this.at + most;
    while (this.problem == null) {
      if (this.isOutlining) {
        if (!this.outline.step(most)) this.endOutline();
        return true;
      }
      if (this.value != null) return this.endRoot();
      if (this.at >= stop) return true;
      this.next();
    }
    return false;
  }

  private endOutline(): void {
    const outline = this.outline;
    this.isOutlining = false;
    this.unread = outline.count;
    // The names of a long object may repeat, and what has brackets that do not pair is not known.
    if (this.isChecking || outline.isBroken || outline.hasLongObject) this.check();
    else this.beginRoot(outline.head.next);
  }

  private beginRoot(long: LongList | null): void {
    this.value = null;
    this.problem = null;
    this.level = changetype<Level>(this.levels);
    this.depth = 0;
    this.isMember = false;
    this.long = long;
    this.at = spaceEnd(this.start, this.end);
  }

  /** Ends a reading of the document; true if it was strict, and the values are still to be read. */
  private endRoot(): bool {
    const at = spaceEnd(this.at, this.end);
    if (at < this.end) this.fail(at, utf8("unexpected text after the end of the document"));
    // A strict reading must find what another one found, but nothing may depend on that.
    else if (this.isChecking && (this.wasMalformed || this.outline.isBroken)) this.unclosed(at);
    if (this.problem != null || !this.isChecking) return false;
    this.isChecking = false;
    this.beginRoot(this.outline.head.next);
    return true;
  }

  /** The first item or member of a long list or object; null if it is malformed. */
  firstOf(list: LongList): JsonNode | null {
    list.reached = list.inner;
    return this.item(list, list.from);
  }

  /** The item or member after the one that ended before `to`, the last that was read of it; null after the last of all, or if it is malformed. */
  nextOf(list: LongList, to: usize): JsonNode | null {
    const at = spaceEnd(to, this.end);
    if (at + 1 != list.to) return load<u8>(at) == COMMA ? this.item(list, at) : this.unclosed(at);
    if (!list.isRead) {
      list.isRead = true;
      this.unread--;
    }
    return null;
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
    this.at = spaceEnd(before + 1, this.end);
    this.long = list.reached;
    this.value = null;
    this.isMember = load<u8>(list.from) == OPENING_BRACE;
    while (this.value == null && this.problem == null) this.next();
    list.reached = this.long;
    return this.value;
  }

  /** Reads the next value, in an object with its name; of an array or object that is not empty its opening byte alone. */
  private next(): void {
    const node = changetype<JsonNode>(this.region.takeOften(offsetof<JsonNode>()));
    const level = this.level;
    const parent = level.node;
    let at = this.at;
    if (parent == null ? this.isMember : parent.kind == JsonKind.OBJECT) {
      at = this.name(level, node, at);
      if (at == 0) return;
    }
    if (parent != null) {
      const last = level.last;
      if (last == null) parent.first = node;
      else last.next = node;
      level.last = node;
      parent.count++;
    }
    node.from = at;
    at = this.begins(node, at);
    if (at != 0) this.ended(node, at);
  }

  /** The address after the value that begins at `at`; 0 if it is an array or object that is not empty, which is open then, or malformed. */
  private begins(node: JsonNode, at: usize): usize {
    const byte = this.byteAt(at);
    switch (byte) {
      case OPENING_BRACE:
        node.kind = JsonKind.OBJECT;
        return this.enter(node, at, byte);
      case OPENING_BRACKET:
        node.kind = JsonKind.ARRAY;
        return this.enter(node, at, byte);
      case QUOTE: {
        node.kind = JsonKind.STRING;
        const end = this.stringEnd(at);
        node.start = this.textStart;
        node.count = this.textLength;
        return end;
      }
      case 0x74:
        node.flag = true;
        node.kind = JsonKind.BOOLEAN;
        return this.word(at, utf8("true"));
      case 0x66:
        node.kind = JsonKind.BOOLEAN;
        return this.word(at, utf8("false"));
      case 0x6e:
        return this.word(at, utf8("null"));
    }
    node.kind = JsonKind.NUMBER;
    return this.number(at);
  }

  /** The same of an array or object. */
  private enter(node: JsonNode, from: usize, byte: u32): usize {
    const long = this.long;
    if (long != null && long.from == from) {
      node.long = long;
      node.count = long.count;
      this.long = long.next;
      return long.to;
    }
    if (this.depth == MAX_LEVELS) return this.fail(from, utf8("values are nested more than 64 levels deep"));
    const at = Space.end(from + 1, this.end);
    if (this.byteAt(at) == byte + CLOSES) return at + 1;
    this.depth++;
    const level = changetype<Level>(changetype<usize>(this.level) + offsetof<Level>());
    level.node = node;
    level.last = null;
    level.names = null;
    // What is kept of its name lies behind the node too, and stays.
    level.mark = this.region.mark;
    this.level = level;
    this.at = at;
    return 0;
  }

  /** Closes all that ends after the value that ends before `to`, and goes to the next value. */
  private ended(value: JsonNode, to: usize): void {
    let node = value;
    let at = to;
    node.to = at;
    let level = this.level;
    let parent = level.node;
    while (parent != null) {
      at = Space.end(at, this.end);
      const byte = this.byteAt(at);
      if (byte == COMMA) {
        this.at = Space.end(at + 1, this.end);
        this.level = level;
        if (this.isChecking && parent.kind == JsonKind.ARRAY) this.forget(level, parent);
        return;
      }
      if (byte != load<u8>(parent.from) + CLOSES) {
        this.unclosed(at);
        return;
      }
      this.depth--;
      node = parent;
      node.to = ++at;
      if (this.isChecking) this.forget(level, node);
      level = changetype<Level>(changetype<usize>(level) - offsetof<Level>());
      parent = level.node;
    }
    this.at = at;
    this.level = level;
    this.value = node;
  }

  private unclosed(at: usize): JsonNode | null {
    this.fail(at, utf8("expected a comma or the closing bracket"));
    return null;
  }

  /** Gives back the items or members that were read of what is only checked. */
  private forget(level: Level, list: JsonNode): void {
    list.first = null;
    level.last = null;
    this.region.rewind(level.mark);
  }

  /**
   * The address after a member's name at `from` and the colon after it; compares it with the others of the open object, if that was not done
   * before. 0 if it is malformed or twice there.
   */
  private name(level: Level, member: JsonNode, from: usize): usize {
    const end = this.end;
    if (this.byteAt(from) != QUOTE) return this.fail(from, utf8("expected a name in double quotes"));
    const nameEnd = this.stringEnd(from);
    if (nameEnd == 0) return 0;
    member.key = this.textStart;
    member.keyLength = this.textLength;
    const object = level.node;
    if (object != null && this.isTwice(level, object, member))
      return this.fail(from, utf8("an object has the same name twice"));
    const at = Space.end(nameEnd, end);
    if (this.byteAt(at) != COLON) return this.fail(at, utf8("expected a colon"));
    return Space.end(at + 1, end);
  }

  /** Whether an object has a member of the same name already; notes the name if it has not. */
  private isTwice(level: Level, object: JsonNode, member: JsonNode): bool {
    const names = level.names;
    if (names != null) return this.isNoted(names, member);
    const table = object.count == FEW_MEMBERS ? TextTable.open(this.region) : null;
    level.names = table;
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

  /** Notes a problem; gives 0. */
  private fail(at: usize, problem: Text): usize {
    this.problem = problem;
    this.problemAt = <u32>(at - this.start);
    return 0;
  }

  private byteAt(at: usize): u32 {
    return at < this.end ? load<u8>(at) : 0;
  }

  private word(at: usize, word: Text): usize {
    if (this.end - at < word.length || !word.is(at, word.length)) return this.fail(at, utf8("expected a value"));
    return at + word.length;
  }

  /** number = [ minus ] int [ frac ] [ exp ] (RFC 8259 §6). */
  private number(from: usize): usize {
    let at = from;
    if (this.byteAt(at) == 0x2d) at++;
    const whole = this.digitsEnd(at);
    if (whole == at) return this.fail(at, utf8("expected a value"));
    at = this.byteAt(at) == 0x30 ? at + 1 : whole;
    if (this.byteAt(at) == 0x2e) {
      const fraction = at + 1;
      at = this.digitsEnd(fraction);
      if (at == fraction) return this.fail(at, utf8("expected a digit"));
    }
    if ((this.byteAt(at) | 0x20) == 0x65) {
      at++;
      if (this.byteAt(at) == 0x2b || this.byteAt(at) == 0x2d) at++;
      const power = at;
      at = this.digitsEnd(power);
      if (at == power) return this.fail(at, utf8("expected a digit"));
    }
    if (Math.abs(jsonNumber(from, <u32>(at - from))) < Infinity) return at;
    return this.fail(from, utf8("the number is out of range"));
  }

  private digitsEnd(from: usize): usize {
    let at = from;
    while (isDigit(this.byteAt(at))) at++;
    return at;
  }

  /**
   * The address after a string (RFC 8259 §7) whose opening quote stands at `from`, 0 if it is malformed. `textStart` and `textLength` then tell
   * where its bytes are, which of one with escapes are a copy.
   */
  private stringEnd(quote: usize): usize {
    const from = quote + 1;
    const end = this.end;
    const plain = plainEnd(from, end);
    const at = escapedEnd(plain, end);
    if (at >= end) return this.fail(end, utf8("a string is not closed"));
    if (load<u8>(at) != QUOTE) return this.fail(at, utf8("a string contains a control character"));
    const length = at - from;
    if (length > MAX_STRING) return this.fail(quote, utf8("a string is longer than 32 KiB"));
    this.textStart = from;
    this.textLength = <u32>length;
    return at == plain ? at + 1 : this.unescaped(from, at);
  }

  /** The same of a string with escapes that ends before the quote at `to`. */
  private unescaped(from: usize, to: usize): usize {
    const text = Text.copy(this.region, from, <u32>(to - from));
    const bad = unescape(text);
    if (bad != -1) return this.fail(from + bad, utf8("a string contains an invalid escape"));
    this.textStart = text.start;
    this.textLength = text.length;
    return to + 1;
  }
}
