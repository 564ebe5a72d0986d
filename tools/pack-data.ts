import { pack } from "./pack.ts";

/** Section ids (WebAssembly Core Specification 2.0, §5.5.2). */
const MEMORY = 5;
const DATA = 11;
const DATA_COUNT = 12;
/** The magic number and the version. */
const PREAMBLE = 8;
/** The opcodes of an active segment's offset, §5.4.6: `i32.const` and `end`. */
const I32_CONST = 0x41;
const END = 0x0b;
const PAGE = 0x10000;
/** After the packed bytes: where they begin, and where they unpack to. */
const TRAILER = 8;

interface Segment {
  offset: number;
  bytes: Uint8Array;
}

/**
 * Packs a module's data: one segment at the end of the memory that the module starts with, which `assembly/memory/packed-data.ts`
 * unpacks in `_initialize`. After that the memory is what it would have been. asc has a segment for each literal, with a header of some
 * seven bytes, and most of the data is English.
 *
 * @throws Error if a segment is another than an active one of the first memory at a constant offset, or if the memory has no room
 */
export function packData(module: Uint8Array): Uint8Array {
  const sections = [...readSections(module)];
  const memory = sections.find(({ id }) => id === MEMORY);
  const data = sections.find(({ id }) => id === DATA);
  if (memory === undefined || data === undefined) throw new Error("the module has no memory or no data");
  const packed = packedSegment(readSegments(module, data.from), pagesOf(module, memory.from) * PAGE);
  const parts = sections.map(({ id, start, to }) => {
    if (id === DATA) return sectionOf(DATA, [encoded(1), ...encodeSegment(packed)]);
    return id === DATA_COUNT ? sectionOf(DATA_COUNT, [encoded(1)]) : module.subarray(start, to);
  });
  return Buffer.concat([module.subarray(0, PREAMBLE), ...parts]);
}

/** The segment that has all others packed. What lies between them is zero. */
function packedSegment(segments: readonly Segment[], size: number): Segment {
  const first = Math.min(...segments.map(({ offset }) => offset));
  const last = Math.max(...segments.map(({ offset, bytes }) => offset + bytes.length));
  const image = new Uint8Array(last - first);
  for (const { offset, bytes } of segments) image.set(bytes, offset - first);
  const packed = pack(image);
  const offset = size - TRAILER - packed.length;
  if (offset < last) throw new Error(`${packed.length} bytes of packed data have no room after ${last} bytes of data`);
  const trailer = Buffer.alloc(TRAILER);
  trailer.writeUInt32LE(offset, 0);
  trailer.writeUInt32LE(first, 4);
  return { offset, bytes: Buffer.concat([packed, trailer]) };
}

function* readSections(module: Uint8Array): Iterable<{ id: number; start: number; from: number; to: number }> {
  for (let start = PREAMBLE; start < module.length;) {
    const [length, from] = unsigned(module, start + 1);
    yield { id: module[start]!, start, from, to: from + length };
    start = from + length;
  }
}

/** How many pages the first memory starts with: the number after the count of memories and the flags (§5.3.8). */
function pagesOf(module: Uint8Array, from: number): number {
  return unsigned(module, from + 2)[0];
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
