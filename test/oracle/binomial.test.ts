import assert from "node:assert/strict";
import { test } from "node:test";
import { twoSided } from "./binomial.ts";

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-9 * expected, `${actual} instead of ${expected}`);
}

test("the chance of a result is that of both tails from there on", () => {
  // Of ten fair coins: none is heads once in 1024, at most two 1 + 10 + 45 times.
  near(twoSided(0, 10, 0.5), 2 / 1024);
  near(twoSided(10, 10, 0.5), 2 / 1024);
  near(twoSided(2, 10, 0.5), (2 * 56) / 1024);
  near(twoSided(8, 10, 0.5), (2 * 56) / 1024);
  // Of three with the chance 0.1: two or more are 3 * 0.1 * 0.1 * 0.9 + 0.001.
  near(twoSided(2, 3, 0.1), 2 * 0.028);
  assert.equal(twoSided(5, 10, 0.5), 1);
});

test("of many trials it follows the normal distribution", () => {
  // 10,000 of 20,000 is the mean, the deviation sqrt(20,000 / 4) = 70.7: six of them are 2e-9, seven 2.6e-12.
  assert.ok(twoSided(10_424, 20_000, 0.5) > 1e-9);
  assert.ok(twoSided(10_495, 20_000, 0.5) < 1e-11);
  assert.ok(twoSided(9_505, 20_000, 0.5) < 1e-11);
  // 0.5 % of 20,000: 100 on the average, with the deviation 10; the upper tail of rare things is longer than the lower.
  assert.ok(twoSided(160, 20_000, 0.005) > 1e-9 && twoSided(175, 20_000, 0.005) < 1e-9);
  assert.ok(twoSided(48, 20_000, 0.005) > 1e-9 && twoSided(43, 20_000, 0.005) < 1e-9);
});

test("what cannot be, and what must be", () => {
  assert.equal(twoSided(0, 10, 0), 1);
  assert.equal(twoSided(1, 10, 0), 0);
  assert.equal(twoSided(10, 10, 1), 1);
  assert.equal(twoSided(9, 10, 1), 0);
});
