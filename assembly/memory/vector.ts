/**
 * How many bytes are loaded at once where bytes are compared, searched or copied. Some of them may lie behind those that count: the heap keeps
 * as many at the end of memory (`heap.ts`), so no load of a byte that a block has leaves memory.
 */
export const VECTOR: u32 = 16;
