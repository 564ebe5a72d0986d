import { Region } from "../../memory/region";
import { isDigit } from "../ascii";
import { Text, utf8 } from "../text";
import { TextTable } from "../text-table";
import { JsonKind, JsonNode } from "./node";
import { jsonNumber } from "./number";
import { unescape } from "./string";

/** Values may lie this deep in one another. pluginConfig needs about 12. */
export const MOST_DEPTH: u32 = 64;
/**
 * The largest document that is read, in bytes. etcd stores 1.5 MiB of a resource, and the YAML of a resource is no shorter than
 * its JSON; whatever stands in so much is read in under half a second (`make growth`), for which all requests wait.
 */
export const MOST_BYTES: u32 = 2 << 20;
/** Up to so many names of one object are compared one by one. */
const FEW_MEMBERS: u32 = 8;

/**
 * Reads one JSON document (RFC 8259, nothing beyond it) into nodes that lie in a region.
 *
 * Refused besides what the RFC refuses: the same name twice in an object (§4 leaves its meaning open), more than
 * `MOST_DEPTH` levels or `MOST_BYTES` bytes. Strings are copied and unescaped.
 */
@unmanaged
export class JsonParser {
  /** What is wrong, after `parse` gave null. */
  problem: Text;
  /** The offset of the byte at which it was found. */
  problemAt: u32;

  private region: Region;
  private start: usize;
  private at: usize;
  private end: usize;
  private depth: u32;

  /** Gives the document's value, or null with `problem` and `problemAt` set. The nodes live as long as `region`. */
  static parse(region: Region, start: usize, length: u32, parser: JsonParser): JsonNode | null {
    parser.region = region;
    parser.start = start;
    parser.at = start;
    parser.end = start + length;
    parser.depth = 0;
    if (length > MOST_BYTES) return parser.fail(utf8("the document is larger than 2 MiB"));
    parser.space();
    const value = parser.value();
    if (value == null) return null;
    parser.space();
    if (parser.at < parser.end) return parser.fail(utf8("unexpected text after the end of the document"));
    return value;
  }

  private fail(problem: Text): JsonNode | null {
    this.problem = problem;
    this.problemAt = <u32>(this.at - this.start);
    return null;
  }

  private peek(): u32 {
    return this.at < this.end ? load<u8>(this.at) : 0;
  }

  private space(): void {
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return;
      this.at++;
    }
  }

  private node(kind: JsonKind): JsonNode {
    const node = changetype<JsonNode>(this.region.take(offsetof<JsonNode>()));
    node.kind = kind;
    node.from = <u32>(this.at - this.start);
    return node;
  }

  private closed(node: JsonNode): JsonNode {
    node.to = <u32>(this.at - this.start);
    return node;
  }

  private value(): JsonNode | null {
    switch (this.peek()) {
      case 0x7b:
        return this.composite(JsonKind.OBJECT, 0x7d);
      case 0x5b:
        return this.composite(JsonKind.ARRAY, 0x5d);
      case 0x22: {
        const node = this.node(JsonKind.STRING);
        const text = this.string();
        if (text == null) return null;
        node.text = text;
        return this.closed(node);
      }
      case 0x74:
        return this.word(utf8("true"), JsonKind.BOOLEAN, true);
      case 0x66:
        return this.word(utf8("false"), JsonKind.BOOLEAN, false);
      case 0x6e:
        return this.word(utf8("null"), JsonKind.NULL, false);
    }
    return this.number();
  }

  /** An array or an object: they differ in the names and in the closing byte. */
  private composite(kind: JsonKind, close: u32): JsonNode | null {
    if (this.depth == MOST_DEPTH) return this.fail(utf8("values are nested more than 64 levels deep"));
    this.depth++;
    const node = this.node(kind);
    let last: JsonNode | null = null;
    let names: TextTable | null = null;
    this.at++;
    this.space();
    while (this.peek() != close) {
      if (last != null) {
        if (this.peek() != 0x2c) return this.fail(utf8("expected a comma or the closing bracket"));
        this.at++;
        this.space();
      }
      let key: Text | null = null;
      if (kind == JsonKind.OBJECT) {
        if (node.count == FEW_MEMBERS) names = this.namesOf(node);
        key = this.memberName(node, names);
        if (key == null) return null;
      }
      const item = this.value();
      if (item == null) return null;
      if (key != null) item.key = key;
      if (last == null) node.first = item;
      else last.next = item;
      last = item;
      node.count++;
      this.space();
    }
    this.at++;
    this.depth--;
    return this.closed(node);
  }

  /** The names of an object's members so far. */
  private namesOf(object: JsonNode): TextTable {
    const names = TextTable.open(this.region);
    let member = object.first;
    while (member != null) {
      names.entry(member.key).value = 1;
      member = member.next;
    }
    return names;
  }

  /** A member's name and the colon behind it; null where it is malformed or a repetition of one of `names` or, if few, of the object's. */
  private memberName(object: JsonNode, names: TextTable | null): Text | null {
    const from = this.at;
    if (this.peek() != 0x22) {
      this.fail(utf8("expected a name in double quotes"));
      return null;
    }
    const key = this.string();
    if (key == null) return null;
    if (names != null ? names.entry(key).value++ != 0 : hasMember(object, key)) {
      this.at = from;
      this.fail(utf8("an object has the same name twice"));
      return null;
    }
    this.space();
    if (this.peek() != 0x3a) {
      this.fail(utf8("expected a colon"));
      return null;
    }
    this.at++;
    this.space();
    return key;
  }

  private word(word: Text, kind: JsonKind, flag: bool): JsonNode | null {
    const node = this.node(kind);
    if (this.end - this.at < word.length || !word.is(this.at, word.length)) return this.fail(utf8("expected a value"));
    this.at += word.length;
    node.flag = flag;
    return this.closed(node);
  }

  /** number = [ minus ] int [ frac ] [ exp ] (RFC 8259 §6). */
  private number(): JsonNode | null {
    const node = this.node(JsonKind.NUMBER);
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
    node.number = jsonNumber(from, <u32>(this.at - from));
    if (node.number == Infinity || node.number == -Infinity) {
      this.at = from;
      return this.fail(utf8("the number is out of range"));
    }
    return this.closed(node);
  }

  /** Steps over one digit or more; false where there is none. */
  private digits(): bool {
    const from = this.at;
    while (isDigit(this.peek())) this.at++;
    return this.at > from;
  }

  /** A string (RFC 8259 §7), the opening quote being at hand; null where it is malformed. */
  private string(): Text | null {
    this.at++;
    const from = this.at;
    let escapes = false;
    while (this.at < this.end) {
      const byte = load<u8>(this.at);
      if (byte == 0x22) break;
      if (byte < 0x20) {
        this.fail(utf8("a string contains a control character"));
        return null;
      }
      if (byte == 0x5c) {
        escapes = true;
        this.at++;
      }
      this.at++;
    }
    if (this.at >= this.end) {
      this.at = this.end;
      this.fail(utf8("a string is not closed"));
      return null;
    }
    const length = <u32>(this.at - from);
    const text = Text.copy(this.region, from, length);
    if (escapes) {
      const bad = unescape(text);
      if (bad != -1) {
        this.at = from + bad;
        this.fail(utf8("a string contains an invalid escape"));
        return null;
      }
    }
    this.at++;
    return text;
  }
}

/** Whether an object has a member of that name already. */
function hasMember(object: JsonNode, name: Text): bool {
  let member = object.first;
  while (member != null && !member.key.equals(name)) member = member.next;
  return member != null;
}
