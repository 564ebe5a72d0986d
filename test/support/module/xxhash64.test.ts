import assert from "node:assert/strict";
import { test } from "node:test";
import { xxHash64 } from "./xxhash64.ts";

const PRIME32 = 2654435761n;

/** The expected values are those of the reference library, as in `assembly/text/xxhash64.spec.ts`. */
test("xxHash64 gives what the reference implementation gives", () => {
  for (const [text, seed, expected] of [
    ["", 0n, 0xef46db3751d8e999n],
    ["", PRIME32, 0xac75fda2929b17efn],
    ["a", 0n, 0xd24ec4f1a98c6e5bn],
    ["abc", 0n, 0x44bc2cf5ad770999n],
    ["abc", PRIME32, 0x1318df30094a85fdn],
    ["abc", 0xffffffffffffffffn, 0x28306e589cc02176n],
    ["0123456789abcdef0123456789abcde", 0n, 0x1fdfc63febacfde7n],
    ["0123456789abcdef0123456789abcdef", 0n, 0x642a94958e71e6c5n],
    ["0123456789abcdef0123456789abcdef", 0xffffffffffffffffn, 0xf7b3412f66eb725en],
    ["12345678901234567890123456789012345678901234567890123456789012345678901234567890", 0n, 0xe04a477f19ee145dn],
  ] as const) {
    assert.equal(xxHash64(Buffer.from(text), seed), expected, `"${text}" with seed ${seed}`);
  }
});
