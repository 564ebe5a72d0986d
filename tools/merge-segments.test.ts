import assert from "node:assert/strict";
import { test } from "node:test";
import { mergeSegments } from "./merge-segments.ts";

/** A module with one page of memory, exported as `m`, with those segments: each its offset in signed LEB128 and its bytes. */
function moduleWith(...segments: readonly (readonly [offset: number[], bytes: number[]])[]): Uint8Array {
  const data = [
    segments.length,
    ...segments.flatMap(([offset, bytes]) => [0, 0x41, ...offset, 0x0b, bytes.length, ...bytes]),
  ];
  const memory = [5, 3, 1, 0, 1];
  const exports = [7, 5, 1, 1, 0x6d, 2, 0];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[...memory, ...exports, 12, 1, segments.length],
    ...[11, data.length, ...data],
  ]);
}

function memoryOf(module: Uint8Array): Buffer {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  return Buffer.from((exports.m as WebAssembly.Memory).buffer);
}

test("segments side by side, or a few zeros apart, become one; the memory is the same", () => {
  // 1023, 1026, 1032, 8192 and 64, in signed LEB128.
  const module = moduleWith(
    [
      [0xff, 0x07],
      [1, 2, 3],
    ],
    [[0x88, 0x08], [5]],
    [[0x82, 0x08], [4]],
    [
      [0x80, 0xc0, 0x00],
      [6, 0, 7],
    ],
    [[0xc0, 0x00], [8]],
  );
  const merged = mergeSegments(module);
  assert.deepEqual(memoryOf(merged), memoryOf(module));
  assert.equal(memoryOf(merged).readUInt32BE(1023), 0x01020304);
  // 1 at 64, 10 from 1023 on, 3 at 8192: header, memory, exports, and the number of segments before them.
  const first = [0, 0x41, 0xc0, 0x00, 0x0b, 1, 8];
  const second = [0, 0x41, 0xff, 0x07, 0x0b, 10, 1, 2, 3, 4, 0, 0, 0, 0, 0, 5];
  const third = [0, 0x41, 0x80, 0xc0, 0x00, 0x0b, 3, 6, 0, 7];
  assert.deepEqual([...merged.subarray(8 + 5 + 7)], [12, 1, 3, 11, 34, 3, ...first, ...second, ...third]);
});

test("what is no active segment at a constant offset is refused", () => {
  const module = moduleWith([[0x40 ^ 0x40], [1]]);
  const passive = Uint8Array.from(module);
  passive[passive.indexOf(0x41, 20) - 1] = 1;
  assert.throws(() => mergeSegments(passive), /not at a constant offset/);
  assert.throws(() => mergeSegments(moduleWith([[8], [1, 2]], [[9], [3]])), /overlap/);
});
