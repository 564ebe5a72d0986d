/**
 * Has AssemblyScript's own heap, which specifications use beside the module's (`assembly/memory/heap.ts`), take its first memory before
 * that takes any: it takes all that is there then.
 */
heap.free(heap.alloc(1));
