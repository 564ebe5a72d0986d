import type { Random } from "../../oracle/random.ts";

const TOKENS = [
  ...["{", "}", "[", "]", ",", ":", '"', "null", "true", "-1", "1e309", '"\\ud800"', "\0", "\xff", "[[", "(?", "*"],
  ...["{*}", "{**}", "/", "//", "spiffe://", "%", "::", "/129", "[]", "][", '""', "{}"],
];
const IN_STRINGS = TOKENS.filter((token) => !/["\0]/.test(token));

/** A document with a few bytes changed, tokens put in, or parts doubled or cut. */
export function mutated(random: Random, document: string): Uint8Array {
  let text = document;
  for (let count = 1 + random.int(4); count > 0; count--) {
    const at = random.int(text.length + 1);
    const to = Math.min(text.length, at + random.int(20));
    const put = random.pick(["", text.slice(at, to).repeat(2), random.pick(TOKENS)]);
    text = text.slice(0, at) + put + text.slice(to);
  }
  return Buffer.from(text, "latin1");
}

/** Strings in the document that are changed into others, so that it stays JSON and gets as far as the readers of values. */
export function respelled(random: Random, document: string): Uint8Array {
  const text = document.replace(/"([^"\\]*)"(?!:)/g, (whole, string: string) => {
    if (!random.percent(5)) return whole;
    const at = random.int(string.length + 1);
    const put = random.pick([...IN_STRINGS, "a".repeat(random.int(2000)), ""]);
    return JSON.stringify(string.slice(0, at) + put + string.slice(at + random.int(4)));
  });
  return Buffer.from(text);
}

/** Something to configure a filter with: made of the document, or bytes of any kind, or nested deeply. */
export function anyConfiguration(random: Random, document: string): Uint8Array {
  if (random.percent(5)) return random.bytes(random.int(300));
  if (random.percent(5)) return Buffer.from("[".repeat(random.int(500)));
  return random.percent(50) ? respelled(random, document) : mutated(random, document);
}
