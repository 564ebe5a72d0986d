import { equalBytes } from "../equal-bytes";
import { Text } from "../text";
import { jsonNumber } from "./number";

/** The kinds of a JSON value (RFC 8259 §3). */
export const enum JsonKind {
  NULL,
  BOOLEAN,
  NUMBER,
  STRING,
  ARRAY,
  OBJECT,
}

/** A list or object of the document that is so long that its items or members are read one at a time (`JsonReader.firstOf`, `nextOf`). */
@unmanaged
export class LongList {
  /** The address of its opening bracket or brace, and that of the byte after its closing one. */
  from: usize;
  to: usize;
  /** How many items or members it has; if it is malformed perhaps fewer can be read. */
  count: u32;
  /** The first of the long lists within it, in the document's order. */
  inner: LongList | null;
  /** The first of those that was not stepped over while items were read. */
  reached: LongList | null;
  /** The next beside it. */
  next: LongList | null;
  /** Whether it was read to its end. */
  isRead: bool;
}

/** One value of a document. It lives in the region that it was read into, and its bytes in the document. */
@unmanaged
export class JsonNode {
  kind: JsonKind;
  /** A boolean's value. */
  flag: bool;
  /** Whether the member's name is a known one: its reader has asked for it. */
  isKnown: bool;
  /** Where the value stands: the address of its first byte and of the byte after its last. */
  from: usize;
  to: usize;
  /** A string's bytes, unescaped. */
  start: usize;
  /** How many bytes those are; items of an array or members of an object. */
  count: u32;
  /** The member's name, unescaped, where this is the value of an object's member; else 0. */
  key: usize;
  keyLength: u32;
  /** The first item or member; of a long list or object none. */
  first: JsonNode | null;
  /** The next item or member of the parent; if that is long none. */
  next: JsonNode | null;
  /** Where the items or members are of a long list or object. */
  long: LongList | null;

  /** A number's value. */
  get number(): f64 {
    return jsonNumber(this.from, <u32>(this.to - this.from));
  }

  /** Whether this is a string of those bytes. */
  isText(text: Text): bool {
    return this.kind == JsonKind.STRING && text.is(this.start, this.count);
  }

  /** Whether this is a member of that name. */
  isNamed(name: Text): bool {
    return this.keyLength == name.length && equalBytes(this.key, name.start, name.length);
  }
}
