/**
 * However a configuration grows, the steps that a filter takes to read it grow no faster than its bytes, but for a logarithm; and
 * none of the size that is accepted takes more than `MAX_STEPS_A_BYTE`: what is read where requests wait must not be a way to stop
 * a proxy. Steps are counted in the compiled module (`count-steps.ts`), so that the outcome is the same on any machine.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { countFor, type Dimension } from "./dimension.ts";
import { DIMENSIONS, MAX_BYTES, Reader } from "./run.ts";

/** Where the growth begins: large enough that what every configuration takes is little of it. */
const FIRST_BYTES = 16 << 10;
/** How far it grows. Where less growth shows a fault this does too, as what grows too fast is furthest off at the end. */
const TIMES = 8;
/** What does not grow at all shows no fault. Some documents have much that does not grow. */
const LEAST_GROWTH = 1.5;
/** What the blocks of memory and the tables that double add at their steps. */
const TOLERANCE = 1.2;
/** Of the largest document these are 300 million steps: `make growth` shows what they take. */
const MAX_STEPS_A_BYTE = 150;
/** So many are few, however short the document: some ten milliseconds. */
const FEW_STEPS = 10_000_000;

/** The tests of these filters. */
export function testGrowth(filters: Iterable<string>): void {
  for (const filter of filters) {
    test(`reading a configuration of ${filter} takes steps in proportion to its size, whatever grows`, () => {
      const reader = new Reader(filter, true);
      const dimensions = DIMENSIONS.filter((dimension) => dimension.filter === filter);
      assert.deepEqual(
        dimensions.flatMap((dimension) => wrongWith(reader, dimension)),
        [],
      );
    });
  }
}

/** What is wrong with the way in which a configuration grows. */
function wrongWith(reader: Reader, dimension: Dimension): string[] {
  const { what, document, most, accepted } = dimension;
  const wanted = countFor(dimension, document(1).length + FIRST_BYTES);
  const count = Math.max(1, Math.floor(Math.min(wanted, most / TIMES)));
  const [small, larger] = [document(count), document(count * TIMES)];
  const first = reader.read(small, Infinity);
  if (first.accepted !== accepted) return [`${what}: accepted is ${first.accepted}`];
  const times = larger.length / small.length;
  if (times < LEAST_GROWTH) return [`${what}: it grows from ${small.length} to ${larger.length} bytes alone`];
  const growth = times * (Math.log2(larger.length) / Math.log2(small.length)) * TOLERANCE;
  const allowed = Math.floor(first.steps * growth);
  const { steps } = reader.read(larger, allowed);
  if (steps > allowed) {
    return [`${what}: ${small.length} bytes take ${first.steps} steps, ${larger.length} bytes more than ${allowed}`];
  }
  // As many steps a byte as the largest would take if each byte added as many to what a byte takes as it does here.
  const [before, after] = [first.steps / small.length, steps / larger.length];
  const added = Math.max(0, after - before) / (larger.length - small.length);
  const expected = after + added * (MAX_BYTES - larger.length);
  return expected <= MAX_STEPS_A_BYTE ? [] : wrongWithLargest(reader, dimension);
}

function wrongWithLargest(reader: Reader, dimension: Dimension): string[] {
  const largest = dimension.document(countFor(dimension, MAX_BYTES));
  const allowed = Math.max(largest.length * MAX_STEPS_A_BYTE, FEW_STEPS);
  const { steps } = reader.read(largest, allowed);
  return steps > allowed ? [`${dimension.what}: ${largest.length} bytes take more than ${allowed} steps`] : [];
}
