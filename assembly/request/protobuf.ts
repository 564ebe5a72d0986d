import { arenaTake } from "../memory/arena";

/** Wire types (protobuf encoding, "Message structure"). */
const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const LENGTH_DELIMITED: u32 = 2;
const FIXED32: u32 = 5;

/** The bytes of the longest varint: 64 bits, 7 a byte. */
const MAX_VARINT_LENGTH: u32 = 10;

/**
 * Walks through a serialised protobuf message, field by field, without copying. Malformed bytes end the walk.
 *
 * A message within is entered in place: `enter` goes into the field at hand, and there is no way back out, so look ahead
 * with a reader of its own.
 */
@unmanaged
export class ProtobufReader {
  /** The message, or the string or bytes that were entered: from where, and how many. */
  from: usize;
  private until: usize;
  private at: usize;
  /** The number of the field at hand. */
  field: u32;
  /** Where the field's bytes lie, of a length-delimited one; both are 0 for others. */
  start: usize;
  end: usize;

  /** A reader of the message between two addresses. */
  static over(from: usize, until: usize): ProtobufReader {
    const reader = changetype<ProtobufReader>(arenaTake(offsetof<ProtobufReader>()));
    reader.reset(from, until);
    return reader;
  }

  /** How many bytes the message has. */
  get size(): u32 {
    return <u32>(this.until - this.from);
  }

  /** Goes to the next field; false where there is none. */
  next(): bool {
    if (this.at >= this.until) return false;
    const tag = this.varint();
    this.field = <u32>(tag >> 3);
    this.start = 0;
    this.end = 0;
    switch (<u32>(tag & 7)) {
      case VARINT:
        this.varint();
        return this.at <= this.until;
      case FIXED64:
        return this.skip(8);
      case LENGTH_DELIMITED: {
        const length = this.varint();
        const start = this.at;
        if (!this.skip(length)) return false;
        this.start = start;
        this.end = this.at;
        return true;
      }
      case FIXED32:
        return this.skip(4);
    }
    return this.skip(u64.MAX_VALUE);
  }

  /** Goes into the field at hand; false where it is none that holds bytes. */
  enter(): bool {
    if (this.start == 0) return false;
    this.reset(this.start, this.end);
    return true;
  }

  /** Goes into the last field of that number (the last counts where one is repeated); false where there is none. */
  into(field: u32): bool {
    let start: usize = 0;
    let end: usize = 0;
    while (this.next()) {
      if (this.field == field) {
        start = this.start;
        end = this.end;
      }
    }
    if (start == 0) return false;
    this.reset(start, end);
    return true;
  }

  private reset(from: usize, until: usize): void {
    this.from = from;
    this.until = until;
    this.at = from;
    this.start = 0;
    this.end = 0;
    this.field = 0;
  }

  private varint(): u64 {
    let value: u64 = 0;
    for (let i: u32 = 0; i < MAX_VARINT_LENGTH; i++) {
      if (this.at >= this.until) break;
      const byte = load<u8>(this.at++);
      value |= (<u64>(byte & 0x7f)) << (7 * i);
      if (byte < 0x80) return value;
    }
    this.at = this.until + 1;
    return 0;
  }

  /** Steps over so many bytes; false, and the walk is over, where there are fewer. */
  private skip(length: u64): bool {
    if (this.at > this.until || length > <u64>(this.until - this.at)) {
      this.at = this.until + 1;
      return false;
    }
    this.at += <usize>length;
    return true;
  }
}
