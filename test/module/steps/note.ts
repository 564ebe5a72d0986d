import { xxHash64 } from "../../support/module/xxhash64.ts";

/** How many documents are noted (`assembly/plugin/accepted.ts`). */
export const NOTED = 64;

/** What a plugin's note in the shared data is when these documents were accepted last, the latest first. */
export function noteOf(documents: readonly string[]): Buffer {
  const note = Buffer.alloc(NOTED * 8);
  for (const [at, document] of documents.entries()) note.writeBigUInt64LE(xxHash64(Buffer.from(document)), at * 8);
  return note;
}
