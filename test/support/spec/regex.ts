/** Short ways for specifications to ask what a regular expression does. Managed strings: not for filters. */
import "./managed-heap";
import { Region } from "../../../assembly/memory/region";
import { Text } from "../../../assembly/text/text";
import { Regex, RegexError, RegexErrorKind, compileRegex } from "../../../assembly/text/regex";

const region = Region.open();
const error = RegexError.within(region);

/** Compiles a pattern, or gives null with the error for `refusal()`. */
export function regexOf(pattern: string): Regex | null {
  error.kind = RegexErrorKind.None;
  return compileRegex(region, Text.from(region, pattern), error);
}

/** What the last refused pattern was refused for. */
export function refusal(): RegexError {
  return error;
}

/** Whether a compiled pattern matches a text, each of whose characters is one byte. */
export function matchesBytes(regex: Regex, text: string): bool {
  const bytes = region.take(text.length);
  for (let i = 0; i < text.length; i++) store<u8>(bytes + i, text.charCodeAt(i));
  return regex.matches(bytes, text.length);
}

/** `yes` or `no` as the text matches, `refused` where the pattern is. */
export function answer(pattern: string, text: string): string {
  const regex = regexOf(pattern);
  if (regex == null) return "refused";
  return matchesBytes(regex, text) ? "yes" : "no";
}

/** Those of `texts` that match, joined by a space. */
export function matching(pattern: string, texts: string[]): string {
  const found: string[] = [];
  for (let i = 0; i < texts.length; i++) {
    if (answer(pattern, texts[i]) == "yes") found.push(texts[i]);
  }
  return found.join(" ");
}

/** The bytes from 0x00 to 0xFF that a pattern matches by themselves, as hexadecimal ranges: `09-0a 20`. */
export function bytesMatching(pattern: string): string {
  const regex = regexOf(pattern);
  if (regex == null) return "refused";
  const ranges: string[] = [];
  let from = -1;
  for (let byte = 0; byte <= 256; byte++) {
    const matches = byte < 256 && matchesBytes(regex, String.fromCharCode(byte));
    if (matches && from < 0) from = byte;
    if (!matches && from >= 0) {
      ranges.push(byte - from == 1 ? hexadecimal(from) : hexadecimal(from) + "-" + hexadecimal(byte - 1));
      from = -1;
    }
  }
  return ranges.join(" ");
}

function hexadecimal(byte: i32): string {
  return byte.toString(16).padStart(2, "0");
}
