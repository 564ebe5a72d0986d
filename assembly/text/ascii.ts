import { equalBytes } from "./equal-bytes";

/** Whether a byte is `A` to `Z`. */
export function isUpper(byte: u32): bool {
  return byte - 0x41 < 26;
}

/** Whether a byte is `0` to `9`. */
export function isDigit(byte: u32): bool {
  return byte - 0x30 < 10;
}

/** Whether a byte is one of those that may stand around the parts of a field's value: `OWS` (RFC 9110 §5.6.3). */
export function isBlank(byte: u32): bool {
  return byte == 0x20 || byte == 0x09;
}

/** `A` to `Z` as `a` to `z`, every other byte as it is: what HTTP means by "without regard to case" (RFC 9110 §5.1). */
export function lower(byte: u32): u32 {
  return isUpper(byte) ? byte | 0x20 : byte;
}

/** Whether two runs of bytes are the same but for the case of ASCII letters. */
export function sameIgnoringCase(a: usize, aLength: u32, b: usize, bLength: u32): bool {
  if (aLength != bLength) return false;
  if (equalBytes(a, b, aLength)) return true;
  for (let i: u32 = 0; i < aLength; i++) {
    if (lower(load<u8>(a + i)) != lower(load<u8>(b + i))) return false;
  }
  return true;
}

/** Whether bytes may be a field's value: no control bytes but tabs (RFC 9110 §5.5). */
export function isFieldValue(start: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    const byte = load<u8>(start + i);
    if ((byte < 0x20 && byte != 0x09) || byte == 0x7f) return false;
  }
  return true;
}

/**
 * Whether a byte may stand in a field name (`tchar`, RFC 9110 §5.6.2).
 */
export function isTokenByte(byte: u32): bool {
  if (isDigit(byte) || (byte | 0x20) - 0x61 < 26) return true;
  switch (byte) {
    case 0x21: // !
    case 0x23: // #
    case 0x24: // $
    case 0x25: // %
    case 0x26: // &
    case 0x27: // '
    case 0x2a: // *
    case 0x2b: // +
    case 0x2d: // -
    case 0x2e: // .
    case 0x5e: // ^
    case 0x5f: // _
    case 0x60: // `
    case 0x7c: // |
    case 0x7e: // ~
      return true;
  }
  return false;
}
