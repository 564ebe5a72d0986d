import assert from "node:assert/strict";
import { test } from "node:test";
import { median, quantile, summarize } from "./statistics.ts";

test("the median is the middle figure, or the mean of the two in the middle", () => {
  assert.equal(median([9, 1, 5]), 5);
  assert.equal(median([10, 1, 4, 2]), 3);
  assert.equal(median([7]), 7);
});

test("figures are ordered as numbers, not as text", () => {
  assert.equal(median([2, 10, 9]), 9);
  assert.equal(median([-3, -20, -100]), -20);
});

test("a quantile between two figures is interpolated", () => {
  // (5 - 1) × 0.3 = 1.2: a fifth of the way from the second figure to the third.
  assert.equal(quantile([50, 10, 20, 30, 40], 0.3), 22);
  assert.equal(quantile([1, 2, 3, 4], 0), 1);
  assert.equal(quantile([1, 2, 3, 4], 1), 4);
});

test("what has no quantile is refused", () => {
  assert.throws(() => quantile([], 0.5), RangeError);
  assert.throws(() => quantile([1], 1.1), RangeError);
  assert.throws(() => quantile([1], Number.NaN), RangeError);
});

test("a summary holds quartiles, extremes and the count", () => {
  const { lower, upper, least, most, count } = summarize([4, 1, 3, 2, 5]);
  assert.deepEqual({ lower, upper, least, most, count }, { lower: 2, upper: 4, least: 1, most: 5, count: 5 });
});
