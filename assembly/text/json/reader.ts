import { Region } from "../../memory/region";
import { Text } from "../text";
import { JsonKind, JsonNode, LongList } from "./node";
import { plainEnd, unescape } from "./string";

const QUOTE: u32 = 0x22;
const CLOSING_BRACKET: u32 = 0x5d;
const CLOSING_BRACE: u32 = 0x7d;

/**
 * Reads values of a document in which `JsonCheck` found nothing wrong into nodes that lie in a region. The items of its long
 * lists are not read with them, but one by one as they are asked for. What it reads is at most `MAX_LEVELS` levels deep.
 */
@unmanaged
export class JsonReader {
  private region: Region;
  private at: usize;
  /** The end of the document. */
  private end: usize;
  /** The next long list. */
  private long: LongList | null;

  /** A reader, in `region` as all that it reads, of the document that ends before `end`. */
  static open(region: Region, end: usize): JsonReader {
    const reader = changetype<JsonReader>(region.take(offsetof<JsonReader>()));
    reader.region = region;
    reader.end = end;
    return reader;
  }

  /** The value of the document that starts at `start` and has those long lists. */
  root(start: usize, lists: LongList | null): JsonNode {
    this.at = start;
    this.long = lists;
    this.space();
    return this.value();
  }

  /** The first item of a long list. */
  firstOf(list: LongList): JsonNode {
    list.reached = list.inner;
    this.at = list.from + 1;
    this.space();
    return this.item(list);
  }

  /** The item of a long list after the one that ended before `to`, the last that was read of it; null after the last of all. */
  nextOf(list: LongList, to: usize): JsonNode | null {
    this.at = to;
    this.space();
    if (load<u8>(this.at) == CLOSING_BRACKET) return null;
    this.at++;
    this.space();
    return this.item(list);
  }

  private item(list: LongList): JsonNode {
    this.long = list.reached;
    const item = this.value();
    list.reached = this.long;
    return item;
  }

  /** Steps over white space: nothing else between two values is below a space. */
  private space(): void {
    while (load<u8>(this.at) <= 0x20) this.at++;
  }

  private value(): JsonNode {
    const node = changetype<JsonNode>(this.region.take(offsetof<JsonNode>()));
    node.from = this.at;
    switch (<u32>load<u8>(this.at)) {
      case 0x7b:
        this.object(node);
        break;
      case 0x5b:
        this.array(node);
        break;
      case QUOTE:
        node.kind = JsonKind.STRING;
        node.start = this.string();
        node.count = this.lengthFrom(node.start, node.from);
        break;
      case 0x74:
        node.kind = JsonKind.BOOLEAN;
        node.flag = true;
        this.at += 4;
        break;
      case 0x66:
        node.kind = JsonKind.BOOLEAN;
        this.at += 5;
        break;
      case 0x6e:
        this.at += 4;
        break;
      default:
        node.kind = JsonKind.NUMBER;
        while (this.at < this.end && isOfNumber(load<u8>(this.at))) this.at++;
    }
    node.to = this.at;
    return node;
  }

  private array(node: JsonNode): void {
    node.kind = JsonKind.ARRAY;
    const long = this.long;
    if (long != null && long.from == this.at) {
      node.long = long;
      node.count = long.count;
      this.at = long.to;
      this.long = long.next;
      return;
    }
    let last: JsonNode | null = null;
    while (this.hasAnother(CLOSING_BRACKET)) {
      const item = this.value();
      if (last == null) node.first = item;
      else last.next = item;
      last = item;
      node.count++;
    }
  }

  private object(node: JsonNode): void {
    node.kind = JsonKind.OBJECT;
    let last: JsonNode | null = null;
    while (this.hasAnother(CLOSING_BRACE)) {
      const from = this.at;
      const key = this.string();
      const length = this.lengthFrom(key, from);
      this.space();
      this.at++;
      this.space();
      const member = this.value();
      member.key = key;
      member.keyLength = length;
      if (last == null) node.first = member;
      else last.next = member;
      last = member;
      node.count++;
    }
  }

  /** Steps over the opening byte or a comma to the next value or name, or over the closing byte, which ends the list. */
  private hasAnother(close: u32): bool {
    this.space();
    const byte = <u32>load<u8>(this.at);
    this.at++;
    if (byte == close) return false;
    this.space();
    if (<u32>load<u8>(this.at) != close) return true;
    this.at++;
    return false;
  }

  /** Steps over a string. Gives the address of its bytes, which of one with escapes is that of a `Text`'s. */
  private string(): usize {
    const from = this.at + 1;
    let at = plainEnd(from, this.end);
    this.at = at + 1;
    if (<u32>load<u8>(at) == QUOTE) return from;
    while (<u32>load<u8>(at) != QUOTE) at = plainEnd(at + 2, this.end);
    this.at = at + 1;
    const text = Text.copy(this.region, from, <u32>(at - from));
    unescape(text);
    return text.start;
  }

  /** How many bytes a string has that began at `from` and was just stepped over. */
  private lengthFrom(start: usize, from: usize): u32 {
    return start == from + 1 ? <u32>(this.at - start - 1) : load<u32>(start - sizeof<u32>());
  }
}

/** Whether a byte may go on a number: digits, `+`, `-`, `.`, `e` and `E` do, and nothing that may follow one. */
function isOfNumber(byte: u32): bool {
  return (byte | 0x20) == 0x65 || (byte - 0x2b < 15 && byte != 0x2c && byte != 0x2f);
}
