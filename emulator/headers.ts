import { byteString, lowerCase, type Bytes, type ByteString } from "./bytes.ts";
import { INLINE_REQUEST_HEADERS, INLINE_RESPONSE_HEADERS, INLINE_RESPONSE_TRAILERS } from "./inline-headers.ts";
import type { Pair } from "./pairs.ts";

/**
 * Headers as a test writes them: a list, or an object whose values may be lists. A `HeaderMap` is copied, which is what
 * takes the least time where a million requests have the same.
 */
export type Headers =
  HeaderMap | readonly (readonly [Bytes, Bytes])[] | Readonly<Record<string, Bytes | readonly Bytes[]>>;

/** Which of Envoy's header maps one is. */
export type HeaderMapKind = "request" | "request_trailers" | "response" | "response_trailers";

const NONE: ReadonlySet<string> = new Set();
const INLINE: Record<HeaderMapKind, ReadonlySet<string>> = {
  request: INLINE_REQUEST_HEADERS,
  request_trailers: NONE,
  response: INLINE_RESPONSE_HEADERS,
  response_trailers: INLINE_RESPONSE_TRAILERS,
};

interface Entry {
  name: ByteString;
  value: ByteString;
}

/**
 * A header map that behaves as Envoy's `HeaderMapImpl` does: names in lower case, pseudo-headers before the others,
 * otherwise in the order of arrival. All of it was compared with Envoy 1.40.0: replacing moves a header to the end (a
 * pseudo-header to the end of those), adding to a header of inline-headers.ts appends `,value` to the one entry,
 * `host` is `:authority` in a request, an empty name is a name.
 */
export class HeaderMap {
  private readonly list: Entry[] = [];
  private pseudoHeaders = 0;
  private readonly inline: ReadonlySet<string>;

  constructor(
    readonly kind: HeaderMapKind,
    headers: Headers = [],
  ) {
    this.inline = INLINE[kind];
    if (headers instanceof HeaderMap) {
      for (const { name, value } of headers.list) this.list.push({ name, value });
      this.pseudoHeaders = headers.pseudoHeaders;
    } else if (Array.isArray(headers)) {
      for (const [name, value] of headers as readonly (readonly [Bytes, Bytes])[]) {
        this.add(byteString(name), byteString(value));
      }
    } else {
      for (const [name, value] of Object.entries(headers as Record<string, Bytes | readonly Bytes[]>)) {
        const values = typeof value === "string" || value instanceof Uint8Array ? [value] : value;
        for (const one of values) this.add(byteString(name), byteString(one));
      }
    }
  }

  /** How many entries there are. */
  get size(): number {
    return this.list.length;
  }

  /** All entries, in order; a copy. */
  get pairs(): Pair[] {
    return this.list.map(({ name, value }) => [name, value]);
  }

  /** The bytes of all names and values, what `proxy_get_header_map_size` gives. */
  get byteSize(): number {
    let sum = 0;
    for (const { name, value } of this.list) sum += name.length + value.length;
    return sum;
  }

  /** The size of the encoding of all entries as pairs. */
  get encodedSize(): number {
    return 4 + 10 * this.size + this.byteSize;
  }

  /** Writes that encoding (pairs.ts) in place, without a copy: nearly every request asks for it. */
  encodeInto(bytes: Uint8Array, address: number): void {
    let at = writeU32(bytes, address, this.size);
    for (const { name, value } of this.list) at = writeU32(bytes, writeU32(bytes, at, name.length), value.length);
    for (const { name, value } of this.list) at = writeText(bytes, writeText(bytes, at, name), value);
  }

  /** The first value of a header, or undefined. */
  get(name: ByteString): ByteString | undefined {
    const key = this.key(name);
    for (const entry of this.list) if (entry.name === key) return entry.value;
    return undefined;
  }

  /** Every value of a header, in order. */
  getAll(name: ByteString): ByteString[] {
    const key = this.key(name);
    return this.list.filter((entry) => entry.name === key).map((entry) => entry.value);
  }

  /** Envoy's `addCopy`. */
  add(name: ByteString, value: ByteString): void {
    const key = this.key(name);
    if (this.inline.has(key)) {
      const entry = this.list.find((one) => one.name === key);
      if (entry !== undefined) {
        if (value !== "") entry.value = entry.value === "" ? value : `${entry.value},${value}`;
        return;
      }
    }
    const entry = { name: key, value };
    if (key.charCodeAt(0) === COLON) this.list.splice(this.pseudoHeaders++, 0, entry);
    else this.list.push(entry);
  }

  /** Envoy's `setCopy`: what there was goes, the new value comes last. */
  replace(name: ByteString, value: ByteString): void {
    this.remove(name);
    this.add(name, value);
  }

  /** Removes every entry of that name. */
  remove(name: ByteString): void {
    const key = this.key(name);
    const pseudo = key.charCodeAt(0) === COLON;
    for (let i = this.list.length - 1; i >= 0; i--) {
      if (this.list[i]?.name !== key) continue;
      this.list.splice(i, 1);
      if (pseudo) this.pseudoHeaders--;
    }
  }

  /** Replaces all there is. */
  assign(pairs: readonly Pair[]): void {
    this.list.length = 0;
    this.pseudoHeaders = 0;
    for (const [name, value] of pairs) this.add(name, value);
  }

  private key(name: ByteString): ByteString {
    const key = lowerCase(name);
    return key === "host" && this.kind === "request" ? ":authority" : key;
  }
}

const COLON = 58;

function writeU32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
  bytes[at + 3] = value >>> 24;
  return at + 4;
}

function writeText(bytes: Uint8Array, at: number, text: ByteString): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  bytes[at + text.length] = 0;
  return at + text.length + 1;
}
