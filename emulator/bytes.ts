/**
 * Bytes, as the emulator holds and gives them: a byte string, one character in 0…255 a byte (Latin-1). Header names and
 * values, bodies and everything else that a module hands over or gets are byte strings, so nothing is lost and a test
 * compares them with plain literals. `utf8("…")` makes one of text that is not Latin-1.
 */
export type ByteString = string;

/** What the emulator takes as bytes: a byte string, or the bytes themselves. */
export type Bytes = ByteString | Uint8Array;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The most arguments that one call of `String.fromCharCode` is given. */
const CHUNK = 8192;

/** Node's Buffer, which browsers lack: it converts a slot of shared data many times faster than a loop does. */
const native = (globalThis as { Buffer?: typeof Buffer }).Buffer;

/** The byte string of some bytes. */
export function fromArray(bytes: Uint8Array): ByteString {
  if (native !== undefined) return native.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
  if (bytes.length <= CHUNK) return String.fromCharCode.apply(null, bytes as unknown as number[]);
  let result = "";
  for (let at = 0; at < bytes.length; at += CHUNK) result += fromArray(bytes.subarray(at, at + CHUNK));
  return result;
}

/** From this length on the call into Buffer costs less than the loop. */
const NATIVE_FROM = 64;

/** Writes a byte string into bytes, from `at` on; there must be room. */
export function copyInto(target: Uint8Array, at: number, value: ByteString): void {
  if (native !== undefined && value.length >= NATIVE_FROM) {
    native.from(target.buffer, target.byteOffset + at, value.length).write(value, "latin1");
  } else {
    for (let i = 0; i < value.length; i++) target[at + i] = value.charCodeAt(i);
  }
}

/** The bytes of a byte string. */
export function toArray(bytes: ByteString): Uint8Array {
  const result = new Uint8Array(bytes.length);
  copyInto(result, 0, bytes);
  return result;
}

/**
 * The byte string of what a caller gave.
 *
 * @throws RangeError where a string has a character that is no byte
 */
export function byteString(bytes: Bytes): ByteString {
  if (typeof bytes !== "string") return fromArray(bytes);
  for (let i = 0; i < bytes.length; i++) {
    if (bytes.charCodeAt(i) > 0xff) throw new RangeError(`not Latin-1, use utf8(): ${JSON.stringify(bytes)}`);
  }
  return bytes;
}

/** The byte string of a text in UTF-8. */
export function utf8(text: string): ByteString {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return fromArray(encoder.encode(text));
  return text;
}

/** The text of a byte string in UTF-8, U+FFFD where it is not. */
export function fromUtf8(bytes: ByteString): string {
  return decoder.decode(toArray(bytes));
}

/** A byte string for people: what is not printable ASCII as `\xNN`. */
export function printable(bytes: ByteString): string {
  return bytes.replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

/** Lower-cases ASCII letters and nothing else, as Envoy does with header names. */
export function lowerCase(name: ByteString): ByteString {
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 65 && code <= 90) return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  }
  return name;
}
