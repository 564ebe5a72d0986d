/** The byte 1, eight times; times another byte, eight of that. */
export const EACH: u64 = 0x0101010101010101;
/** The upper bit of each of eight bytes. */
export const UPPER: u64 = 0x80 * EACH;

/** Bytes that are looked at eight at a time: a call for each eight would cost more than the look. */
export class EightBytes {
  /**
   * Where one of eight bytes is the one given: its upper bit is set in the result, and perhaps those of bytes behind it, but of none if it is not
   * among them. All other bits mean nothing. Taking 1 from a byte sets its upper bit only if the byte was 0 or had it before.
   */
  @inline
  static marksOf(bytes: u64, byte: u64): u64 {
    const others = bytes ^ (byte * EACH);
    return (others - EACH) & ~others;
  }
}
