import type { ByteString } from "./bytes.ts";

/** A header, or an entry of any other map that crosses the boundary. */
export type Pair = readonly [name: ByteString, value: ByteString];

/** Limits of proxy-wasm-cpp-host (limits.h). */
const MAX_BYTES = 1024 * 1024;
const MAX_COUNT = 1024;

/**
 * The encoding of pairs (proxy-wasm-cpp-host pairs_util.cc): a u32 count; for each pair two u32, the lengths of name and
 * value; then name, NUL, value, NUL for each. No pairs are a count of 0 here; where an empty header map is no bytes at
 * all, the caller sees to that.
 */
export function encodePairs(pairs: readonly Pair[]): ByteString {
  let head = u32(pairs.length);
  let data = "";
  for (const [name, value] of pairs) {
    head += u32(name.length) + u32(value.length);
    data += `${name}\0${value}\0`;
  }
  return head + data;
}

/** The pairs of their encoding; none at all where it is malformed or beyond a limit, as in the proxy. */
export function decodePairs(bytes: ByteString): Pair[] {
  if (bytes.length > MAX_BYTES || bytes.length < 4) return [];
  const count = u32At(bytes, 0);
  let at = 4 + 8 * count;
  if (count > MAX_COUNT || at > bytes.length) return [];
  const pairs: Pair[] = [];
  for (let i = 0; i < count; i++) {
    const nameEnd = at + u32At(bytes, 4 + 8 * i);
    const valueEnd = nameEnd + 1 + u32At(bytes, 8 + 8 * i);
    if (valueEnd + 1 > bytes.length || bytes.charCodeAt(nameEnd) !== 0 || bytes.charCodeAt(valueEnd) !== 0) return [];
    pairs.push([bytes.slice(at, nameEnd), bytes.slice(nameEnd + 1, valueEnd)]);
    at = valueEnd + 1;
  }
  return at === bytes.length ? pairs : [];
}

function u32(value: number): ByteString {
  return String.fromCharCode(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

function u32At(bytes: ByteString, at: number): number {
  const byte = (i: number): number => bytes.charCodeAt(at + i);
  return (byte(0) | (byte(1) << 8) | (byte(2) << 16) | (byte(3) << 24)) >>> 0;
}
