import assert from "node:assert/strict";
import type { Vm } from "../../../emulator/index.ts";
import { AS_SECTIONS } from "./sections.ts";

/**
 * How many requests are many: a million, so that a block of memory lost with one request in ten shows. A section of `signalbox` is the
 * same code, and its filter's own module has had the million, so it gets a fifth: a block lost with every other request shows.
 */
export const MANY = AS_SECTIONS ? 200_000 : 1_000_000;

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
