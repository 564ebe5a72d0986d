import xxhash from "xxhash-wasm";

const { h64Raw } = await xxhash();

/** XXH64 (the xxHash specification, "XXH64 Algorithm Description"), by another implementation than the filters'. */
export function xxHash64(bytes: Uint8Array, seed = 0n): bigint {
  return h64Raw(bytes, seed);
}
