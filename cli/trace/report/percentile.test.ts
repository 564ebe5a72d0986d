import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "./percentile.ts";

/** 1, 2, … up to a number. */
function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}

/** By hand, by the definition of nearest rank: of n values the one at the place n × percent / 100, rounded up. */
const EXPECTED: readonly (readonly [count: number, percent: number, value: number, because: string])[] = [
  [21, 50, 11, "10.5"],
  [21, 95, 20, "19.95"],
  [21, 99, 21, "20.79"],
  [11, 95, 11, "10.45"],
  [19, 95, 19, "18.05"],
  [20, 50, 10, "10"],
  [20, 95, 19, "19"],
  [2, 50, 1, "1"],
  [2, 95, 2, "1.9"],
  [1, 50, 1, "0.5"],
  [1, 99, 1, "0.99"],
  [100, 95, 95, "95"],
  [101, 95, 96, "95.95"],
  [300, 99, 297, "297"],
];

for (const [count, percent, value, because] of EXPECTED) {
  test(`of ${count} values, ${percent} % do not exceed number ${value}: the place is ${because}, rounded up`, () => {
    assert.equal(percentile(upTo(count), percent), value);
  });
}

test("of no values it is 0", () => assert.equal(percentile([], 50), 0));
