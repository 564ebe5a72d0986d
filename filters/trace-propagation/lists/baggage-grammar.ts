import { isBlank, isTokenByte } from "../../../assembly/text/ascii";

const EQUALS: u32 = 0x3d;
const SEMICOLON: u32 = 0x3b;

/**
 * Whether bytes are a `list-member` (W3C Baggage, "Definition"): a key and a value, and properties behind semicolons, which
 * need no value. They hold no comma and have no blanks around them, as a list was cut there. What a `%` begins is not looked
 * at: the grammar takes it as it is.
 */
export function isBaggageMember(start: usize, length: u32): bool {
  const end = start + length;
  let at = endOfPair(start, end, true);
  while (at != 0 && at < end) {
    if (load<u8>(at) != SEMICOLON) return false;
    at = endOfPair(skipBlanks(at + 1, end), end, false);
  }
  return at != 0;
}

/** Where a key with its value ends, and the blanks behind it; 0 where there is no key, or no value and one must be. */
function endOfPair(start: usize, end: usize, needsValue: bool): usize {
  let at = start;
  while (at < end && isTokenByte(load<u8>(at))) at++;
  if (at == start) return 0;
  at = skipBlanks(at, end);
  if (at == end || load<u8>(at) != EQUALS) return needsValue ? 0 : at;
  at = skipBlanks(at + 1, end);
  while (at < end && isValueByte(load<u8>(at))) at++;
  return skipBlanks(at, end);
}

function skipBlanks(from: usize, end: usize): usize {
  let at = from;
  while (at < end && isBlank(load<u8>(at))) at++;
  return at;
}

/** `baggage-octet`: visible ASCII without quotes, semicolons and backslashes, nor commas, of which there are none here. */
function isValueByte(byte: u32): bool {
  return byte > 0x20 && byte < 0x7f && byte != 0x22 && byte != SEMICOLON && byte != 0x5c;
}
