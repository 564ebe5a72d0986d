import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, wholeCosts, type Costs, type Target } from "./targets.ts";

/** Costs of "ours" and "lua" in some processes. */
function processes(...all: readonly (readonly [ours: number, lua: number])[]): Costs[] {
  return all.map(
    ([ours, lua]) =>
      new Map([
        ["ours", ours],
        ["lua", lua],
      ]),
  );
}

/** Their ratios are 3, 0.5 and 1.5: in the last the machine was ten times as slow. */
const THREE = processes([6, 2], [2, 4], [60, 40]);

function target(bound: Target["bound"]): Target {
  return { title: "", ratio: ["ours", "lua"], bound };
}

test("a ratio is the median of those inside of the processes, and its range the least and the most", () => {
  const outcome = judge(target({ atMost: 2 }), THREE);
  assert.equal(outcome?.ratio, 1.5);
  assert.deepEqual(outcome?.range, [0.5, 3]);
  // Medians over all processes: 2 / 10; inside of them 1/10, 2/20 and 30/10.
  assert.equal(judge(target({ atMost: 2 }), processes([1, 10], [2, 20], [30, 10]))?.ratio, 0.1);
});

test("a bound itself is kept; beyond it is missed", () => {
  assert.equal(judge(target({ atMost: 1.5 }), THREE)?.met, true);
  assert.equal(judge(target({ atMost: 1.4 }), THREE)?.met, false);
  assert.equal(judge(target({ atLeast: 1.5 }), THREE)?.met, true);
  assert.equal(judge(target({ atLeast: 1.6 }), THREE)?.met, false);
});

test("a judgement is certain if all processes agree", () => {
  assert.equal(judge(target({ atMost: 3 }), THREE)?.certain, true);
  assert.equal(judge(target({ atMost: 2.9 }), THREE)?.certain, false);
  assert.equal(judge(target({ atMost: 0.4 }), THREE)?.certain, true);
  assert.equal(judge(target({ atLeast: 0.6 }), THREE)?.certain, false);
});

test("a judgement is uncertain if a variant seems to cost less than nothing in a process", () => {
  assert.equal(judge(target({ atMost: 2 }), processes([1, 1], [1, -1], [1, 1]))?.certain, false);
});

test("what was not measured is not judged", () => {
  const missing: Target = { title: "", ratio: ["ours", "rust"], bound: { atMost: 1 } };
  assert.equal(judge(missing, THREE), undefined);
});

test("a whole request costs what the base does and what is added, also if that is less than nothing", () => {
  const open: Target = { title: "", ratio: ["open", "base"], bound: { atMost: 0.5 }, whole: true };
  const whole = [
    wholeCosts(new Map([["open", -30]]), 60, "base"),
    wholeCosts(new Map([["open", -10]]), 40, "base"),
    wholeCosts(new Map([["open", -75]]), 100, "base"),
  ];
  const outcome = judge(open, whole);
  assert.equal(outcome?.ratio, 0.5);
  assert.deepEqual(outcome?.range, [0.25, 0.75]);
  assert.equal(outcome?.met, true);
  assert.equal(outcome?.certain, false);
});
