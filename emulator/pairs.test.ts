import assert from "node:assert/strict";
import { test } from "node:test";
import { fromArray } from "./bytes.ts";
import { HeaderMap } from "./headers.ts";
import { decodePairs, encodePairs, type Pair } from "./pairs.ts";

/** The example of the specification (proxy-wasm spec v0.2.1, "Serialization"), its digits written as their codes. */
const EXAMPLE: Pair[] = [
  ["key1", "value1"],
  ["key2", ""],
];
const EXAMPLE_BYTES = "\x02\0\0\0" + "\x04\0\0\0\x06\0\0\0" + "\x04\0\0\0\0\0\0\0" + "key1\0value1\0" + "key2\0\0";

test("pairs are a count, the lengths, and then names and values, each ended by NUL", () => {
  assert.equal(encodePairs(EXAMPLE), EXAMPLE_BYTES);
  assert.deepEqual(decodePairs(EXAMPLE_BYTES), EXAMPLE);
  assert.equal(encodePairs([]), "\0\0\0\0");
  assert.deepEqual(decodePairs("\0\0\0\0"), []);
});

test("a header map writes the same encoding in place", () => {
  const map = new HeaderMap("request", EXAMPLE);
  const bytes = new Uint8Array(map.encodedSize + 2).fill(9);
  map.encodeInto(bytes, 1);
  assert.equal(fromArray(bytes), `\x09${EXAMPLE_BYTES}\x09`);
});

test("whatever is malformed is no pairs at all", () => {
  for (let size = 0; size < EXAMPLE_BYTES.length; size++) {
    assert.deepEqual(decodePairs(EXAMPLE_BYTES.slice(0, size)), [], `the first ${size} bytes`);
  }
  assert.deepEqual(decodePairs(`${EXAMPLE_BYTES}\0`), [], "a byte too many");
  assert.deepEqual(decodePairs(EXAMPLE_BYTES.replace("key1\0", "key1x")), [], "no NUL");
  assert.deepEqual(decodePairs("\x01\0\0\0\xff\xff\xff\xff\0\0\0\0\0\0"), [], "a length beyond everything");
});

test("the limits are 1024 pairs and 1 MiB", () => {
  const many = (count: number): Pair[] => Array.from({ length: count }, () => ["a", ""]);
  assert.equal(decodePairs(encodePairs(many(1024))).length, 1024);
  assert.equal(decodePairs(encodePairs(many(1025))).length, 0);
  const big = (size: number): Pair[] => [["", "x".repeat(size - 4 - 8 - 2)]];
  assert.equal(decodePairs(encodePairs(big(2 ** 20))).length, 1);
  assert.equal(decodePairs(encodePairs(big(2 ** 20 + 1))).length, 0);
});
