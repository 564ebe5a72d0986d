import { text } from "../../test/support/spec/bytes";
import { Region } from "../memory/region";
import { xxHash64 } from "./xxhash64";

function expectHash(value: string, seed: u64, expected: u64): void {
  const bytes = text(value);
  const hash = xxHash64(bytes.start, bytes.length, seed);
  expect<u64>(hash).toBe(expected, '"' + value + '" with seed ' + seed.toString());
}

/** The expected values are those of the reference library (xxHash 0.8.4, XXH64, through the Python package `xxhash`). */
describe("xxHash64", () => {
  it("hashes less than 32 bytes", () => {
    expectHash("", 0, 0xef46db3751d8e999);
    expectHash("a", 0, 0xd24ec4f1a98c6e5b);
    expectHash("abc", 0, 0x44bc2cf5ad770999);
    expectHash("abcd", 0, 0xde0327b0d25d92cc);
    expectHash("abcdefg", 0, 0x1860940e2902822d);
    expectHash("abcdefgh", 0, 0x3ad351775b4634b7);
    expectHash("message digest", 0, 0x066ed728fceeb3be);
    expectHash("abcdefghijklmnopqrstuvwxyz", 0, 0xcfe1f278fa89835c);
    expectHash("0123456789abcdef0123456789abcde", 0, 0x1fdfc63febacfde7);
  });

  it("hashes 32 bytes and more", () => {
    expectHash("0123456789abcdef0123456789abcdef", 0, 0x642a94958e71e6c5);
    expectHash("0123456789abcdef0123456789abcdef0", 0, 0xe87684f08d6d0816);
    expectHash("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 0, 0xaaa46907d3047814);
    expectHash(
      "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
      0,
      0xe04a477f19ee145d,
    );
  });

  it("takes a seed", () => {
    expectHash("", 2654435761, 0xac75fda2929b17ef);
    expectHash("abc", 2654435761, 0x1318df30094a85fd);
    expectHash("0123456789abcdef0123456789abcdef0123456789a", 2654435761, 0x2c23dd8776d67bc1);
    expectHash("abc", 0xffffffffffffffff, 0x28306e589cc02176);
    expectHash("0123456789abcdef0123456789abcdef", 0xffffffffffffffff, 0xf7b3412f66eb725e);
  });

  it("hashes every byte value, at an address aligned or not", () => {
    const region = Region.open();
    const at = region.take(256);
    for (let i = 0; i < 256; i++) store<u8>(at + i, i);
    expect<u64>(xxHash64(at, 256, 0)).toBe(0x1facbe8406cd904b);
    expect<u64>(xxHash64(at + 1, 255, 7)).toBe(0x629a5eded2036399);
    region.close();
  });
});
