/**
 * `jaegerRemote`: what the workers of a proxy share, and what a push goes on by.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { mostAboveRate } from "./rates.ts";
import { PROBABILITY, REMOTE, RemoteScenario, operations } from "./remote-scenario.ts";
import { PLUGIN } from "./scenario.ts";

test("one worker of four asks in an interval, and all follow within a second and a half", () => {
  const scenario = new RemoteScenario({ pollingInterval: "10s" }, { workers: 4 });
  let asked = 0;
  for (const rate of [1, 0, 1, 0, 1]) {
    scenario.pass(rate === 1 && asked === 0 ? 1 : 8600, rate === 1 && asked === 0 ? 1 : 100);
    assert.equal(scenario.calls.length, 1, `asked ${asked}`);
    asked++;
    scenario.answer(PROBABILITY(rate));
    scenario.pass(1500);
    assert.equal(scenario.calls.length, 0);
    for (const root of scenario.workers) assert.equal(scenario.sampled(10, root), rate * 10);
  }
  assert.deepEqual(scenario.counts, { updated: 5, failed: 0 });
});

test("while one waits for the answer nobody else asks, at the shortest interval too", () => {
  const scenario = new RemoteScenario({ pollingInterval: "1s" }, { workers: 4 });
  for (let i = 0; i < 19; i++) {
    scenario.pass(100);
    assert.equal(scenario.calls.length, 1, `after ${i + 1} tenths of a second`);
  }
});

test("a worker whose root goes while it asks: another one asks after three seconds", () => {
  const scenario = new RemoteScenario({}, { workers: 2 });
  scenario.pass(1, 1);
  const [{ root } = assert.fail()] = scenario.calls;
  root.delete();
  scenario.workers.splice(scenario.workers.indexOf(root), 1);
  scenario.pass(2800);
  assert.equal(scenario.calls.length, 0);
  scenario.pass(1300);
  scenario.answer(PROBABILITY(1));
  assert.equal(scenario.sampled(10), 10);
});

test("a push goes on by the last answer, and asks no earlier", () => {
  const scenario = new RemoteScenario({ initialSamplingRate: 0 });
  scenario.learn(PROBABILITY(1));
  const before = scenario.root;
  scenario.workers.push(scenario.push(before));
  before.delete();
  assert.equal(before.deleted, true);
  assert.equal(before.tickPeriod, 0, "the timer of a root that goes is off");
  scenario.workers.shift();
  assert.equal(scenario.sampled(10), 10);
  scenario.pass(50_000);
  assert.equal(scenario.calls.length, 0);
  scenario.pass(10_000);
  assert.equal(scenario.calls.length, 1);
});

test("a push with a shorter interval asks by its own", () => {
  const scenario = new RemoteScenario({ pollingInterval: "1h" });
  scenario.learn(PROBABILITY(1));
  const configuration = { sampling: { jaegerRemote: { ...REMOTE, pollingInterval: "5s" } } };
  scenario.workers.splice(0, 1, scenario.push(scenario.root, configuration));
  scenario.pass(1, 1);
  assert.equal(scenario.calls.length, 1);
});

test("a push while the answer is on its way: it comes to nobody, and nothing traps", () => {
  const scenario = new RemoteScenario();
  scenario.pass(1, 1);
  const old = scenario.root;
  scenario.workers.push(scenario.push(old));
  scenario.answer(PROBABILITY(1));
  old.delete();
  assert.equal(old.tickPeriod, 0);
  assert.equal(old.vm.failed, undefined);
});

test("each operation is sampled so many times a second at least and at most, over W workers", () => {
  for (const count of [1, 2, 4, 8]) {
    const scenario = new RemoteScenario({ pollingInterval: "1h" }, { workers: count });
    const bounds = { defaultLowerBoundTracesPerSecond: 0.5, defaultUpperBoundTracesPerSecond: 4 };
    scenario.learn(operations({ GET: 1, POST: 0 }, bounds));
    const times: Record<string, number[]> = { GET: [], POST: [], PUT: [] };
    for (let i = 0; i < 3000; i++) {
      scenario.emulator.clock.advance(10);
      for (const [method, each] of Object.entries(times)) {
        const root = scenario.workers[i % count] as (typeof scenario.workers)[number];
        if (scenario.sampled(1, root, { ":method": method }) === 1) each.push(i * 10);
      }
    }
    // 30 s: at most 4 a second and 4 at once, and what the least lets through beside; at least one in two seconds.
    const [get, post, put] = [times.GET!, times.POST!, times.PUT!];
    assert.ok(mostAboveRate(get, 4.5) <= 4 + 1 + 2 * (count - 1) + 0.01, `${count} workers`);
    assert.ok(get.length >= 30 * 4, `${get.length}`);
    for (const each of [post, put]) assert.ok(each.length >= 15 && each.length <= 16 + count, `${each.length}`);
    assert.equal(scenario.counter(`${PLUGIN}.default.POST.lower_bound_granted`), post.length);
    assert.equal(scenario.counter(`${PLUGIN}.default.lower_bound_granted`), put.length, "of all that are not named");
  }
});

test("whatever stands in the shared data, nothing traps, and Jaeger is asked", () => {
  const contents = [
    "",
    "x",
    "\xff".repeat(19),
    "\xff".repeat(20),
    "\xff".repeat(8) + "\x01".repeat(12) + JSON.stringify(PROBABILITY(0)),
    "\x01".repeat(20) + "{",
  ];
  for (const content of contents) {
    const scenario = new RemoteScenario({ initialSamplingRate: 1 }, { workers: 2 });
    const { sharedData } = scenario.emulator;
    const keys = [...sharedData.keys("")].filter((key) => key.startsWith("trace-propagation.strategies."));
    assert.equal(keys.length, 1);
    for (let i = 0; i < 5; i++) {
      sharedData.set("", keys[0] as string, content, 0);
      scenario.pass(3100);
    }
    assert.ok(scenario.calls.length >= 1, JSON.stringify(content));
    for (const root of scenario.workers) assert.equal(root.vm.failed, undefined);
    scenario.begin();
  }
});
