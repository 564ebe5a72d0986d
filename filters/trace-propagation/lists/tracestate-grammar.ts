import { isDigit } from "../../../assembly/text/ascii";

/** Characters that a key has at most, and a value (W3C Trace Context Level 2, "Key" and "Value"). */
const MAX_LENGTH: u32 = 256;
const EQUALS: u32 = 0x3d;

/**
 * How long the key of a list member is: what is before its first `=`. 0 where there is none, or where that is no key
 * (W3C Trace Context Level 2, "Key"; Level 1 knows fewer, and none that Level 2 does not).
 */
export function keyLengthOf(start: usize, length: u32): u32 {
  let at: u32 = 0;
  while (at < length && isKeyByte(load<u8>(start + at))) at++;
  if (at == length || at > MAX_LENGTH) return 0;
  return load<u8>(start + at) == EQUALS && isFirstOfKey(load<u8>(start)) ? at : 0;
}

/**
 * Whether bytes are a value ("Value" there). Blanks behind it are none of it and must have been cut off;
 * it holds no comma, as a list is cut there.
 */
export function isValue(start: usize, length: u32): bool {
  if (length == 0 || length > MAX_LENGTH) return false;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    if (byte < 0x20 || byte > 0x7e || byte == EQUALS) return false;
  }
  return true;
}

function isFirstOfKey(byte: u32): bool {
  return byte - 0x61 < 26 || isDigit(byte);
}

function isKeyByte(byte: u32): bool {
  if (isFirstOfKey(byte)) return true;
  switch (byte) {
    case 0x2a: // *
    case 0x2d: // -
    case 0x2f: // /
    case 0x40: // @
    case 0x5f: // _
      return true;
  }
  return false;
}
