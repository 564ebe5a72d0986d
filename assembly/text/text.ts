import { Region } from "../memory/region";
import { lower } from "./ascii";
import { copyBytes } from "./copy-bytes";
import { equalBytes } from "./equal-bytes";

/**
 * A byte string with its length before it. The bytes need not be UTF-8: what a header carries is bytes.
 *
 * A `Text` is made at compile time by `utf8("…")` or lies in a `Region`; it is not changed after the configuration
 * has been read. Until then its maker may shorten it (`filters/header-routing/header-operations.ts`).
 */
@unmanaged
export class Text {
  /** How many bytes follow. */
  length: u32;

  /** The address of the first byte. */
  get start(): usize {
    return changetype<usize>(this) + sizeof<u32>();
  }

  /** Copies `length` bytes from `start` into `region`. */
  static copy(region: Region, start: usize, length: u32): Text {
    const text = region.take(sizeof<u32>() + length);
    store<u32>(text, length);
    copyBytes(text + sizeof<u32>(), start, length);
    return changetype<Text>(text);
  }

  /** The bytes of three texts one after another, in `region`. */
  static joined(region: Region, first: Text, second: Text, third: Text): Text {
    const length = first.length + second.length + third.length;
    const text = region.take(sizeof<u32>() + length);
    store<u32>(text, length);
    put(put(put(text + sizeof<u32>(), first), second), third);
    return changetype<Text>(text);
  }

  /** The UTF-8 form of a managed string, in `region`: for tests and for text made while configuring. */
  static from(region: Region, value: string): Text {
    const length = <u32>String.UTF8.byteLength(value);
    const text = region.take(sizeof<u32>() + length);
    store<u32>(text, length);
    String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, text + sizeof<u32>());
    return changetype<Text>(text);
  }

  /** A copy in `region` with `A` to `Z` in lower case. */
  static lowered(region: Region, value: Text): Text {
    const text = Text.copy(region, value.start, value.length);
    for (let i: u32 = 0; i < text.length; i++) store<u8>(text.start + i, lower(load<u8>(text.start + i)));
    return text;
  }

  /** Where that byte first stands; the length where it does not. */
  position(byte: u8): u32 {
    let at: u32 = 0;
    while (at < this.length && load<u8>(this.start + at) != byte) at++;
    return at;
  }

  /** Whether that byte is among those of this. */
  contains(byte: u8): bool {
    return this.position(byte) < this.length;
  }

  /** Whether this begins with the bytes of another. */
  startsWith(other: Text): bool {
    return other.begins(this.start, this.length);
  }

  /** Whether both hold the same bytes. */
  equals(other: Text): bool {
    return sameBytes(this.start, this.length, other.start, other.length);
  }

  /** Whether this holds the `length` bytes at `start`. */
  is(start: usize, length: u32): bool {
    return sameBytes(this.start, this.length, start, length);
  }

  /** Whether the `length` bytes at `start` begin with this. */
  begins(start: usize, length: u32): bool {
    return length >= this.length && this.is(start, this.length);
  }

  /** A managed string of the bytes read as UTF-8: for tests. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.start, this.length);
  }
}

/** Copies a text's bytes to an address; gives the one after them. */
function put(to: usize, text: Text): usize {
  memory.copy(to, text.start, text.length);
  return to + text.length;
}

/** Whether a byte is among the `length` at `start`. */
export function holdsByte(start: usize, length: u32, byte: u8): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(start + i) == byte) return true;
  }
  return false;
}

/** How two runs of bytes compare, byte by byte: below 0 where the first comes before the second, which 0 says is the same. */
export function compareBytes(a: usize, aLength: u32, b: usize, bLength: u32): i32 {
  const common = memory.compare(a, b, min(aLength, bLength));
  return common != 0 ? common : <i32>aLength - <i32>bLength;
}

/** Whether two runs of bytes are the same. */
export function sameBytes(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  return aLength == bLength && equalBytes(a, b, aLength);
}

/**
 * The UTF-8 bytes of a string literal, laid down at compile time: `tools/utf8-transform.mjs` turns the literal of
 * `utf8("…")` into the address of its bytes, so nothing is encoded and nothing allocated when the module runs. The
 * same literal has the same address. The argument must be one string literal.
 */
export function utf8(literal: usize): Text {
  return changetype<Text>(literal);
}
