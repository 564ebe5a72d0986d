import { Writer, hexDigit } from "../writer";

/**
 * Writes bytes as a JSON string (RFC 8259 §7), at most `most` of them. The bytes are taken for Latin-1, as those of a header
 * need not be UTF-8: what is not printable ASCII is escaped, so the line is valid whatever they are.
 */
export function writeJsonString(writer: Writer, start: usize, length: u32, most: u32): void {
  writer.byte(0x22);
  for (let i: u32 = 0; i < min(length, most); i++) {
    const byte = <u32>load<u8>(start + i);
    if (byte < 0x20 || byte >= 0x7f) {
      writeEscape(writer, byte);
    } else {
      if (byte == 0x22 || byte == 0x5c) writer.byte(0x5c);
      writer.byte(byte);
    }
  }
  writer.byte(0x22);
}

/** `\u00xx`. */
function writeEscape(writer: Writer, byte: u32): void {
  writer.byte(0x5c);
  writer.byte(0x75);
  writer.byte(0x30);
  writer.byte(0x30);
  writer.byte(hexDigit(byte >> 4));
  writer.byte(hexDigit(byte & 15));
}
