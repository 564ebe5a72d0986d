import { xxHash64 } from "../../support/module/xxhash64.ts";

/** How many documents are noted, each by two hashes of these seeds (`assembly/plugin/accepted.ts`). */
const NOTED = 64;
const SEEDS = [0n, 1n];

/** What a plugin's note in the shared data is when these documents were accepted last, the latest first. */
export function noteOf(documents: readonly string[]): Buffer {
  const hashes = documents.flatMap((document) => SEEDS.map((seed) => xxHash64(Buffer.from(document), seed)));
  const note = Buffer.alloc(NOTED * SEEDS.length * 8);
  for (const [at, hash] of hashes.entries()) note.writeBigUInt64LE(hash, at * 8);
  return note;
}
