import { CelSyntaxError } from "./finding.ts";

const LETTERS: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};
const ESCAPE = /\\(?:([0-3][0-7]{2})|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g;

/**
 * What a string literal says, its quotes and its escapes taken away.
 *
 * @param at where it stands
 * @throws CelSyntaxError for an escape that names no character, or one of characters in bytes
 */
export function unescaped(literal: string, kind: "string" | "bytes", at: number): string {
  const raw = /^[rR]/.test(literal);
  const quoted = raw ? literal.slice(1) : literal;
  const quotes = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  const inner = quoted.slice(quotes, -quotes);
  if (raw && /(?<!\\)(?:\\\\)*\\$/.test(inner)) {
    throw new CelSyntaxError("a raw string cannot end with a backslash", at);
  }
  if (raw) return inner;
  return inner.replace(ESCAPE, (written, octal?: string, hex?: string, short?: string, long?: string, other = "") => {
    if (octal !== undefined) return String.fromCodePoint(parseInt(octal, 8));
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    const digits = short ?? long;
    if (digits === undefined) return LETTERS[other as string] ?? (other as string);
    const code = parseInt(digits, 16);
    if (kind === "bytes") throw new CelSyntaxError(`no such escape in bytes: ${written} (bytes are written \\x41)`, at);
    if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) {
      throw new CelSyntaxError(`no such character: ${written}`, at);
    }
    return String.fromCodePoint(code);
  });
}
