import { arenaTake } from "../../../assembly/memory/arena";
import { Region } from "../../../assembly/memory/region";
import { Text } from "../../../assembly/text/text";
import { validText } from "./valid-text";

/** An attribute of a span, or of who reports it: a key, and a string or a whole number. */
@unmanaged
export class Attribute {
  key: Text;
  /** Whether the value is `integer`; else it is the `length` bytes at `start`, which are UTF-8. */
  isInteger: bool;
  start: usize;
  length: u32;
  integer: i64;
  next: Attribute | null;
}

/** Attributes in the order in which they were added. Keys must be distinct: what a receiver makes of two alike nobody says. */
@unmanaged
export class Attributes {
  first: Attribute | null;
  private last: Attribute | null;
  /** Where they lie; null for the arena: those of a span live until the callback ends. */
  private region: Region | null;
  /** The longest string, in bytes. */
  private longest: u32;

  /** An empty list; strings in it are cut at `longest` bytes. */
  static open(region: Region | null, longest: u32): Attributes {
    const list = changetype<Attributes>(taken(region, offsetof<Attributes>()));
    list.first = null;
    list.last = null;
    list.region = region;
    list.longest = longest;
    return list;
  }

  /** Adds a string: what of the bytes is UTF-8, up to the longest. */
  bytes(key: Text, start: usize, length: u32): void {
    const attribute = this.add(key);
    const valid = validText(start, length, this.longest);
    attribute.isInteger = false;
    attribute.start = valid.start;
    attribute.length = valid.length;
  }

  text(key: Text, value: Text): void {
    this.bytes(key, value.start, value.length);
  }

  /** Adds a text that is known, if it is. */
  known(key: Text, value: Text | null): void {
    if (value != null) this.text(key, value);
  }

  integer(key: Text, value: i64): void {
    const attribute = this.add(key);
    attribute.isInteger = true;
    attribute.integer = value;
  }

  private add(key: Text): Attribute {
    const attribute = changetype<Attribute>(taken(this.region, offsetof<Attribute>()));
    attribute.key = key;
    attribute.next = null;
    const last = this.last;
    if (last == null) this.first = attribute;
    else last.next = attribute;
    this.last = attribute;
    return attribute;
  }
}

function taken(region: Region | null, size: usize): usize {
  return region == null ? arenaTake(size) : region.take(size);
}
