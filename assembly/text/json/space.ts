/** The address of the first byte from `from` on that is no space (RFC 8259 §2); `end` if there is none. */
export function spaceEnd(from: usize, end: usize): usize {
  let at = from;
  while (at < end) {
    const byte = <u32>load<u8>(at);
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) break;
    at++;
  }
  return at;
}

/** The same, with a call only where a space may stand: Envoy writes none. */
export class Space {
  @inline
  static end(from: usize, end: usize): usize {
    return from < end && load<u8>(from) > 0x20 ? from : spaceEnd(from, end);
  }
}
