import type { ByteString } from "./bytes.ts";

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/**
 * The fields of a Protocol Buffers message that has only numbers and strings, by number, the last one winning; undefined
 * where it cannot be read.
 */
export function readFields(message: ByteString): ReadonlyMap<number, ByteString | number> | undefined {
  const fields = new Map<number, ByteString | number>();
  let at = 0;

  function varint(): number {
    let value = 0;
    for (let shift = 0; at < message.length && shift < 35; shift += 7) {
      const byte = message.charCodeAt(at++);
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    return NaN;
  }

  while (at < message.length) {
    const tag = varint();
    if (tag % 8 === VARINT) {
      fields.set(Math.floor(tag / 8), varint());
    } else if (tag % 8 === LENGTH_DELIMITED) {
      const size = varint();
      if (!(at + size <= message.length)) return undefined;
      fields.set(Math.floor(tag / 8), message.slice(at, at + size));
      at += size;
    } else {
      return undefined;
    }
  }
  return [...fields.values()].some((value) => Number.isNaN(value)) ? undefined : fields;
}
