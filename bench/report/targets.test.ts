import assert from "node:assert/strict";
import { test } from "node:test";
import type { Summary } from "../measure/statistics.ts";
import { judge, wholeCosts, type Target } from "./targets.ts";

function summary(median: number, interval: [number, number]): Summary {
  return { median, interval, lower: median, upper: median, least: median, most: median, count: 1 };
}

const added = new Map([
  ["ours", summary(6, [5, 8])],
  ["lua", summary(4, [2, 5])],
]);

function target(bound: Target["bound"]): Target {
  return { title: "", ratio: ["ours", "lua"], bound };
}

test("a ratio is that of the medians, its range that of the intervals' far ends", () => {
  const outcome = judge(target({ atMost: 2 }), added);
  assert.equal(outcome?.ratio, 1.5);
  assert.deepEqual(outcome?.range, [1, 4]);
});

test("a bound itself is kept; beyond it is missed", () => {
  assert.equal(judge(target({ atMost: 1.5 }), added)?.met, true);
  assert.equal(judge(target({ atMost: 1.4 }), added)?.met, false);
  assert.equal(judge(target({ atLeast: 1.5 }), added)?.met, true);
  assert.equal(judge(target({ atLeast: 1.6 }), added)?.met, false);
});

test("a judgement is certain where the whole range is on its side of the bound", () => {
  // The range is 1 to 4.
  assert.equal(judge(target({ atMost: 4 }), added)?.certain, true);
  assert.equal(judge(target({ atMost: 3 }), added)?.certain, false);
  assert.equal(judge(target({ atMost: 0.9 }), added)?.certain, true);
  assert.equal(judge(target({ atLeast: 1.2 }), added)?.certain, false);
});

test("what was not measured is not judged", () => {
  const missing: Target = { title: "", ratio: ["ours", "rust"], bound: { atMost: 1 } };
  assert.equal(judge(missing, added), undefined);
});

test("a whole request costs what the base does and what is added, also if that is less than nothing", () => {
  const whole = wholeCosts(new Map([["open", summary(-30, [-34, -28])]]), summary(60, [58, 64]), "base");
  const outcome = judge({ title: "", ratio: ["open", "base"], bound: { atMost: 0.5 }, whole: true }, whole);
  assert.equal(outcome?.ratio, 30 / 60);
  assert.deepEqual(outcome?.range, [24 / 64, 36 / 58]);
  assert.equal(outcome?.met, true);
  assert.equal(outcome?.certain, false);
});
