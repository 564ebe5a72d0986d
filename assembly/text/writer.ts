import { allocate, release } from "../memory/heap";
import { Region } from "../memory/region";
import { Text, utf8 } from "./text";

const FIRST_CAPACITY: u32 = 256;

/**
 * Bytes written one after another, in a buffer that grows: error lists, log lines, names made while configuring.
 * A writer that is `clear`ed and used again allocates nothing once it has reached its size.
 */
@unmanaged
export class Writer {
  /** How many bytes are written. */
  length: u32;
  /** Where they are; changes when the buffer grows. */
  start: usize;
  private capacity: u32;

  static open(): Writer {
    const writer = changetype<Writer>(allocate(offsetof<Writer>()));
    writer.length = 0;
    writer.capacity = FIRST_CAPACITY;
    writer.start = allocate(FIRST_CAPACITY);
    return writer;
  }

  /** A number in decimal, in `region`. */
  static decimal(region: Region, value: i64): Text {
    const writer = Writer.open();
    writer.integer(value);
    return writer.finish(region);
  }

  /** Copies what is written into `region`, and closes the writer. */
  finish(region: Region): Text {
    const text = Text.copy(region, this.start, this.length);
    this.close();
    return text;
  }

  /** Gives the buffer and the writer back to the heap. */
  close(): void {
    release(this.start);
    release(changetype<usize>(this));
  }

  /** Forgets what is written and keeps the buffer. */
  clear(): void {
    this.length = 0;
  }

  byte(value: u32): void {
    this.reserve(1);
    store<u8>(this.start + this.length, value);
    this.length += 1;
  }

  bytes(from: usize, length: u32): void {
    this.reserve(length);
    memory.copy(this.start + this.length, from, length);
    this.length += length;
  }

  text(value: Text): void {
    this.bytes(value.start, value.length);
  }

  /** Writes a number in decimal. */
  integer(value: i64): void {
    let rest: u64 = <u64>value;
    if (value < 0) {
      this.byte(0x2d);
      rest = 0 - rest;
    }
    let divisor: u64 = 1;
    while (rest / divisor >= 10) divisor *= 10;
    while (divisor > 0) {
      this.byte(0x30 + <u32>((rest / divisor) % 10));
      divisor /= 10;
    }
  }

  /**
   * Writes bytes between double quotes, so that a line stays one line whatever they are: `"`, `\` and control bytes
   * are escaped, and what is past `most` bytes is left out behind `…`.
   */
  quoted(from: usize, length: u32, most: u32): void {
    this.byte(0x22);
    this.printable(from, min(length, most), true);
    if (length > most) this.text(ellipsis());
    this.byte(0x22);
  }

  /** Writes bytes with control bytes escaped, without quotes around them; past `most` bytes, `…`. */
  plain(from: usize, length: u32, most: u32): void {
    this.printable(from, min(length, most), false);
    if (length > most) this.text(ellipsis());
  }

  private printable(from: usize, length: u32, quotes: bool): void {
    for (let i: u32 = 0; i < length; i++) {
      const byte = <u32>load<u8>(from + i);
      if (quotes && (byte == 0x22 || byte == 0x5c)) this.byte(0x5c);
      if (byte >= 0x20 && byte != 0x7f) {
        this.byte(byte);
      } else {
        this.byte(0x5c);
        this.byte(0x78);
        this.byte(hexDigit(byte >> 4));
        this.byte(hexDigit(byte & 15));
      }
    }
  }

  private reserve(more: u32): void {
    const needed = this.length + more;
    if (needed <= this.capacity) return;
    let capacity = this.capacity * 2;
    if (capacity < needed) capacity = needed;
    const moved = allocate(capacity);
    memory.copy(moved, this.start, this.length);
    release(this.start);
    this.start = moved;
    this.capacity = capacity;
  }
}

/** A digit of 0 to 15, in lower case. */
export function hexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x57 + value;
}

function ellipsis(): Text {
  return utf8("…");
}
