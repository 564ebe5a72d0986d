/**
 * A byte string with its ASCII letters in upper case. JavaScript's own `toUpperCase` makes other characters of some bytes (of
 * `\xff` the letter U+0178), which no byte string has.
 */
export function upperCase(bytes: string): string {
  return bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
