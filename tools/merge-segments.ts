/** Section ids (WebAssembly Core Specification 2.0, §5.5.2). */
const DATA = 11;
const DATA_COUNT = 12;
/** The magic number and the version. */
const PREAMBLE = 8;
/** The opcodes of an active segment's offset, §5.4.6: `i32.const` and `end`. */
const I32_CONST = 0x41;
const END = 0x0b;
/** A segment's flag, offset and length take about this much, so a gap of so many zeros costs no more. */
const WORTH = 6;

interface Segment {
  offset: number;
  bytes: Uint8Array;
}

/**
 * Makes one data segment of those that lie side by side in a module's memory. asc has one for each literal, each with a header
 * of some seven bytes, which makes 2 KB of a module with 300 messages. The memory is the same afterwards.
 *
 * @throws Error if a segment is another than an active one of the first memory at a constant offset
 */
export function mergeSegments(module: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, PREAMBLE)];
  let count = 0;
  for (let at = PREAMBLE; at < module.length;) {
    const [length, from] = unsigned(module, at + 1);
    const to = from + length;
    const section = module[at]!;
    if (section === DATA) {
      const merged = merge(readSegments(module, from));
      count = merged.length;
      parts.push(sectionOf(DATA, [encoded(count), ...merged.flatMap(encodeSegment)]));
    } else {
      parts.push(module.subarray(at, to));
    }
    at = to;
  }
  // It comes before the code, which comes before the data.
  return Buffer.concat(parts.map((part) => (part[0] === DATA_COUNT ? sectionOf(DATA_COUNT, [encoded(count)]) : part)));
}

function readSegments(module: Uint8Array, start: number): Segment[] {
  const segments: Segment[] = [];
  const [count, first] = unsigned(module, start);
  let at = first;
  for (let left = count; left > 0; left--) {
    if (module[at] !== 0 || module[at + 1] !== I32_CONST) throw new Error("a data segment is not at a constant offset");
    const [offset, afterOffset] = unsigned(module, at + 2);
    if (module[afterOffset] !== END) throw new Error("a data segment is not at a constant offset");
    const [length, from] = unsigned(module, afterOffset + 1);
    at = from + length;
    segments.push({ offset, bytes: module.subarray(from, at) });
  }
  return segments;
}

/** Those that lie side by side as one, with the zeros between them that the memory has there. */
function merge(segments: readonly Segment[]): Segment[] {
  const merged: Segment[] = [];
  for (const segment of [...segments].sort((a, b) => a.offset - b.offset)) {
    const last = merged.at(-1);
    const gap = last === undefined ? Infinity : segment.offset - (last.offset + last.bytes.length);
    if (last === undefined || gap > WORTH) merged.push(segment);
    else if (gap < 0) throw new Error("two data segments overlap");
    else last.bytes = Buffer.concat([last.bytes, new Uint8Array(gap), segment.bytes]);
  }
  return merged;
}

function encodeSegment({ offset, bytes }: Segment): Uint8Array[] {
  return [Uint8Array.of(0, I32_CONST), encoded(offset, 0x40), Uint8Array.of(END), encoded(bytes.length), bytes];
}

function sectionOf(id: number, contents: readonly Uint8Array[]): Uint8Array {
  const body = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(id), encoded(body.length), body]);
}

/** A number in LEB128 (§5.2.2) and where the bytes after it begin. Of a signed one that is not negative the value is the same. */
function unsigned(bytes: Uint8Array, start: number): [value: number, after: number] {
  let value = 0;
  for (let at = start, factor = 1; ; at++, factor *= 0x80) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return [value, at + 1];
  }
}

/** The number in LEB128; with `limit` 0x40 as a signed one, whose last byte must be below that. */
function encoded(value: number, limit = 0x80): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= limit; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  bytes.push(rest);
  return Uint8Array.from(bytes);
}
