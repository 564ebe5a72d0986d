import assert from "node:assert/strict";
import { test } from "node:test";
import { packData } from "./pack-data.ts";
import { pack } from "./pack.ts";

type SegmentOf = readonly [offset: number[], bytes: number[]];

/** A module with one page of memory and those segments: each its offset in signed LEB128 and its bytes, whose count is below 128. */
function moduleWith(...segments: readonly SegmentOf[]): Uint8Array {
  const data = segments.flatMap(([offset, bytes]) => [0, 0x41, ...offset, 0x0b, bytes.length, ...bytes]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[5, 3, 1, 0, 1],
    ...[12, 1, segments.length],
    ...[11, data.length + 1, segments.length, ...data],
  ]);
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text, "latin1");

/** What the codes stand for, in the words of assembly/memory/packed-data.ts. */
function unpacked(packed: Uint8Array): number[] {
  const out: number[] = [];
  for (let at = 0; at < packed.length;) {
    const [code, next, last] = packed.subarray(at, at + 3) as unknown as [number, number, number];
    const repeat = (length: number, distance: number): void => {
      for (; length > 0; length--) out.push(out[out.length - distance]!);
    };
    if (code > 0 && code < 0x20) out.push(code, 0, 0, 0);
    else if (code < 0x80) out.push(code);
    else if (code < 0xc0) repeat(((code >> 3) & 7) + 3, ((code & 7) << 8) + next + 1);
    else if (code < 0xff) repeat((code & 0x3f) + 4, (last << 8) + next + 1);
    else out.push(next);
    at += code < 0x80 ? 1 : code < 0xc0 || code === 0xff ? 2 : 3;
  }
  return out;
}

test("what stands earlier is packed into two bytes or three, whatever is shortest", () => {
  assert.deepEqual([...pack(bytesOf("abcabc"))], [0x61, 0x62, 0x63, 0x80, 2]);
  assert.deepEqual([...pack(bytesOf("aaaaaaaa"))], [0x61, 0xa0, 0], "seven a's more, from one before");
  assert.deepEqual([...pack(bytesOf("abab"))], [...bytesOf("abab")], "two bytes are no repetition");
  assert.deepEqual([...pack(bytesOf("\xe4\x00"))], [0xff, 0xe4, 0]);
  assert.deepEqual([...pack(bytesOf("\x1f\0\0\0 \0"))], [0x1f, 0x20, 0], "a number of 32 bits");
  assert.deepEqual([...pack(bytesOf("\x1f\0\0"))], [0xff, 0x1f, 0, 0], "two zeros make no such number");
  // 40 zeros after one: as many as three bytes say, where two say at most ten.
  assert.deepEqual([...pack(new Uint8Array(41))], [0, 0xc0 | 36, 0, 0]);
  assert.deepEqual([...pack(new Uint8Array())], []);
});

test("what is packed has the same bytes when it is unpacked", () => {
  // Words that repeat near and far, lengths with zeros, bytes of no text; numbers of a fixed sequence, so each run is the same.
  let state = 1;
  const below = (limit: number): number => {
    state = (state * 48271) % 0x7fffffff;
    return state % limit;
  };
  const words = Array.from({ length: 300 }, () => Array.from({ length: 1 + below(20) }, () => 0x61 + below(26)));
  const bytes: number[] = [];
  while (bytes.length < 70_000) {
    bytes.push(below(100), 0, 0, 0, ...words[below(300)]!, below(256));
    if (below(100) === 0) bytes.push(...new Array<number>(below(90)).fill(0x20));
  }
  const packed = pack(Uint8Array.from(bytes));
  assert.deepEqual(unpacked(packed), bytes);
  assert.ok(packed.length < bytes.length / 2, `${packed.length} of ${bytes.length} bytes`);
});

test("a module has its data packed in one segment at the end of its memory, with where it lies and where it unpacks to", () => {
  // Two bytes at 1030, and before them three at 1023.
  // prettier-ignore
  const segments: SegmentOf[] = [[[0x86, 0x08], [0x24, 0x25]], [[0xff, 0x07], [0x21, 0x22, 0x23]]];
  // Of the four zeros between them the last three are a repetition.
  const packed = [0x21, 0x22, 0x23, 0, 0x80, 0, 0x24, 0x25];
  const offset = 0x10000 - 8 - packed.length;
  assert.equal(offset, 0xfff0);
  const segment = [0, 0x41, 0xf0, 0xff, 0x03, 0x0b, 16, ...packed, ...[0xf0, 0xff, 0, 0], ...[0xff, 0x03, 0, 0]];
  assert.deepEqual([...packData(moduleWith(...segments)).subarray(8 + 5)], [12, 1, 1, 11, 24, 1, ...segment]);
});

test("a module is refused if a segment is not active at a constant offset, or if its memory has no room", () => {
  const passive = moduleWith([[0], [1]]);
  passive[passive.indexOf(0x41, 18) - 1] = 1;
  assert.throws(() => packData(passive), /not at a constant offset/);
  // Its one byte at 65535, where the end of the packed data has to be.
  assert.throws(() => packData(moduleWith([[0xff, 0xff, 0x03], [1]])), /no room/);
  assert.throws(() => packData(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)), /no memory or no data/);
});
