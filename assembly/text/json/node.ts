import { Text } from "../text";

/** The kinds of a JSON value (RFC 8259 §3). */
export const enum JsonKind {
  NULL,
  BOOLEAN,
  NUMBER,
  STRING,
  ARRAY,
  OBJECT,
}

/** One value of a parsed document. It lives in the region that the document was parsed into. */
@unmanaged
export class JsonNode {
  kind: JsonKind;
  /** A boolean's value. */
  flag: bool;
  /** Items of an array or members of an object. */
  count: u32;
  /** Where the value stands in the document: the offset of its first byte and of the byte behind its last. */
  from: u32;
  to: u32;
  /** A number's value. */
  number: f64;
  /** A string's value, unescaped. */
  text: Text;
  /** The member's name, where this is the value of an object's member. */
  key: Text;
  /** The first item or member. */
  first: JsonNode | null;
  /** The next item or member of the parent. */
  next: JsonNode | null;
}
