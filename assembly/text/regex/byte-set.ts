import { Region } from "../../memory/region";
import { Text } from "../text";

const WORDS: usize = 4;

/** Bits of `A` to `Z` in the word of 0x40 to 0x7F; those of `a` to `z` lie 32 higher. */
const UPPER: u64 = 0x07fffffe;

/** A set of bytes: what a class in brackets, `.` or `\d` stands for. */
@unmanaged
export class ByteSet {
  private a: u64;
  private b: u64;
  private c: u64;
  private d: u64;

  /** Gives an empty set. */
  static within(region: Region): ByteSet {
    return changetype<ByteSet>(region.take(offsetof<ByteSet>()));
  }

  private word(i: usize): usize {
    return changetype<usize>(this) + (i << 3);
  }

  has(byte: u32): bool {
    return ((load<u64>(this.word(byte >> 6)) >> (byte & 63)) & 1) != 0;
  }

  /** Adds `low` to `high`, both included; adds nothing where `low` is above `high`. */
  addRange(low: u32, high: u32): void {
    for (let byte = low; byte <= high; byte++) {
      const word = this.word(byte >> 6);
      store<u64>(word, load<u64>(word) | ((<u64>1) << (byte & 63)));
    }
  }

  /** Adds the ranges that a text names by their two ends: `AZaz` is the letters. */
  addRanges(ends: Text): void {
    for (let i: u32 = 0; i + 1 < ends.length; i += 2) {
      this.addRange(load<u8>(ends.start + i), load<u8>(ends.start + i + 1));
    }
  }

  addAll(other: ByteSet): void {
    for (let i: usize = 0; i < WORDS; i++) {
      store<u64>(this.word(i), load<u64>(this.word(i)) | load<u64>(other.word(i)));
    }
  }

  /** Makes it hold the bytes that it did not hold. */
  invert(): void {
    for (let i: usize = 0; i < WORDS; i++) store<u64>(this.word(i), ~load<u64>(this.word(i)));
  }

  /** Adds the other case of each ASCII letter; in Latin-1, RE2 knows no other letters' cases. */
  foldCase(): void {
    const letters = this.b;
    this.b = letters | ((letters & UPPER) << 32) | ((letters >> 32) & UPPER);
  }

  clear(): void {
    memory.fill(changetype<usize>(this), 0, offsetof<ByteSet>());
  }

  /** How many bytes it holds. */
  get size(): u32 {
    return <u32>(popcnt(this.a) + popcnt(this.b) + popcnt(this.c) + popcnt(this.d));
  }

  /** The smallest byte it holds; 256 where it holds none. */
  get first(): u32 {
    let byte: u32 = 0;
    while (byte < 256 && !this.has(byte)) byte++;
    return byte;
  }

  equals(other: ByteSet): bool {
    return this.a == other.a && this.b == other.b && this.c == other.c && this.d == other.d;
  }

  copyFrom(other: ByteSet): void {
    memory.copy(changetype<usize>(this), changetype<usize>(other), offsetof<ByteSet>());
  }
}
