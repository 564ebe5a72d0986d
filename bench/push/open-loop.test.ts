import assert from "node:assert/strict";
import { test } from "node:test";
import { Schedule, Turns } from "./open-loop.ts";

test("a client that comes late sends what was due meanwhile, and counts it from when it was due", () => {
  const schedule = new Schedule(100, 10);
  assert.deepEqual(schedule.dueBy(99), []);
  assert.deepEqual(schedule.dueBy(100), [100]);
  assert.deepEqual(schedule.dueBy(109), []);
  assert.deepEqual(schedule.dueBy(145), [110, 120, 130, 140]);
  assert.deepEqual(schedule.dueBy(150), [150]);
});

test("a stall counts for each request that was due during it", () => {
  let sent = 0;
  const turns = new Turns(() => (sent += 1));
  for (const due of [0, 10, 20, 30]) turns.add(due);
  assert.equal(sent, 1);
  // Nothing is answered until 100, and then each at once.
  assert.deepEqual(turns.waiting(100), [100, 90, 80, 70]);
  assert.deepEqual(
    [100, 101, 102, 103].map((now) => turns.answered(now)),
    [100, 91, 82, 73],
  );
  assert.equal(sent, 4);
  assert.deepEqual(turns.waiting(200), []);
  assert.throws(() => turns.answered(200), /an answer to no request/);
  turns.add(300);
  assert.equal(sent, 5);
});
