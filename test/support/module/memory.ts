import assert from "node:assert/strict";
import type { Vm } from "../../../emulator/index.ts";

/**
 * How many requests are many: so many that a block of memory lost with each request shows, in a module or as a section. `signalbox`, which
 * has the code of all filters, gets a million (`modules/signalbox/test/module/together.test.ts`), of which a block lost with one in ten shows;
 * `REQUESTS=1000000` gives as many to each filter.
 */
export const MANY = Number(process.env.REQUESTS ?? 100_000);

/** How often something is done before a module's memory is measured, and how often after. */
export interface Rounds {
  /** Until the heap has settled: the holes that one round leaves are then those that the next asks for. */
  settle: number;
  then: number;
}

/** That a module's memory does not grow any more while something is done again and again. */
export function assertFlat(vm: Vm, { settle, then }: Rounds, act: (round: number) => void): void {
  for (let round = 0; round < settle; round++) act(round);
  const before = vm.memoryBytes;
  for (let round = settle; round < settle + then; round++) act(round);
  assert.equal(vm.failed, undefined);
  assert.equal(vm.memoryBytes, before);
}
