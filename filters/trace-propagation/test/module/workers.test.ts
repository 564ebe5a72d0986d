/** Workers of one process, each a VM of its own, share what is remembered and what is in flight, and are in each other's way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status, type Root } from "../../../../emulator/index.ts";
import { OTHER_SPAN, OTHER_TRACE, Scenario, TRACE, traceparent } from "./scenario.ts";

const CONFIGURATION = { join: { whenAlone: true } };
const KEY = { "x-request-id": "9f4c" };
const CAME = { ...KEY, traceparent: traceparent(), tracestate: "congo=1" };
const OTHER = { ...KEY, traceparent: traceparent(OTHER_TRACE, OTHER_SPAN) };

/** Of how many tries a write is given up, as others were in the way each time: of the join's, and of the count of what is in flight. */
const TRIES = 8;
const FLIGHT_TRIES = 32;

test("what one worker receives is joined on any other", () => {
  const scenario = new Scenario(CONFIGURATION);
  const workers = [1, 2, 3].map(() => scenario.worker(CONFIGURATION));
  const served = scenario.inbound(CAME);
  for (const worker of workers) {
    const sent = scenario.outbound(KEY, worker);
    assert.deepEqual([sent.trace, sent.get("tracestate")], [TRACE, "congo=1"]);
    assert.equal(scenario.outbound({}, worker).trace, TRACE);
  }
  const [first, second] = workers as [Root, Root];
  const beside = scenario.inbound({ traceparent: OTHER.traceparent }, first);
  assert.ok(![TRACE, OTHER_TRACE].includes(scenario.outbound({}, second).trace ?? ""), "two are in flight");
  served.end();
  assert.equal(scenario.outbound({}, second).trace, OTHER_TRACE);
  scenario.inbound(OTHER, second).end();
  beside.end();
  assert.ok(![TRACE, OTHER_TRACE].includes(scenario.outbound(KEY).trace ?? ""), "the key is torn on all of them");
  assert.equal(scenario.counter("join_missed_torn"), 1n);
});

test("a worker makes no places anew that others have", () => {
  const scenario = new Scenario(CONFIGURATION);
  scenario.inbound(CAME);
  assert.equal(scenario.outbound(KEY, scenario.worker(CONFIGURATION)).trace, TRACE);
});

/** Has another worker do something between a read of a shared value and the write of it, so many times. */
function between(scenario: Scenario, key: RegExp, times: number, act: () => void): () => number {
  const { sharedData } = scenario.emulator;
  const set = sharedData.set.bind(sharedData);
  let left = times;
  sharedData.set = (vmId, name, value, cas) => {
    if (cas !== undefined && cas !== 0 && left > 0 && key.test(name)) {
      left--;
      const leftThen = left;
      left = 0;
      act();
      left = leftThen;
    }
    return set(vmId, name, value, cas);
  };
  return () => left;
}

const JOIN = /^trace-propagation\.join\./;
const ALONE = /^trace-propagation\.alone\./;

test("two workers that receive one key at once: both are remembered, whichever writes first", () => {
  for (const times of [1, TRIES - 1]) {
    const scenario = new Scenario(CONFIGURATION);
    const worker = scenario.worker(CONFIGURATION);
    const left = between(scenario, JOIN, times, () => scenario.inbound(OTHER, worker).end());
    scenario.inbound(CAME).end();
    assert.equal(left(), 0);
    assert.ok(![TRACE, OTHER_TRACE].includes(scenario.outbound(KEY).trace ?? ""));
    assert.equal(scenario.counter("join_missed_torn"), 1n);
  }
});

test("two that receive one key of one trace at once: several are known, and it is not torn", () => {
  const scenario = new Scenario(CONFIGURATION);
  const worker = scenario.worker(CONFIGURATION);
  const left = between(scenario, JOIN, TRIES - 1, () => scenario.inbound(CAME, worker).end());
  scenario.inbound(CAME).end();
  assert.equal(left(), 0);
  assert.equal(scenario.outbound(KEY).trace, TRACE);
  assert.equal(scenario.counter("joined_ambiguous"), 1n);
});

test("a worker that others are in the way of each time gives up, and for a lifetime that place joins nothing", () => {
  const scenario = new Scenario({ join: {} });
  const worker = scenario.worker({ join: {} });
  const left = between(scenario, JOIN, TRIES, () => scenario.inbound(OTHER, worker).end());
  scenario.inbound(CAME).end();
  assert.equal(left(), 0);
  for (const root of [scenario.root, worker]) {
    assert.ok(![TRACE, OTHER_TRACE].includes(scenario.outbound(KEY, root).trace ?? ""));
  }
  assert.equal(scenario.counter("join_missed"), 2n);
  scenario.emulator.clock.advance(59_999);
  scenario.inbound(CAME, worker).end();
  assert.notEqual(scenario.outbound(KEY).trace, TRACE);
  scenario.emulator.clock.advance(61_000);
  scenario.inbound(CAME).end();
  assert.equal(scenario.outbound(KEY, worker).trace, TRACE);
});

test("CasMismatch from the host, so many times: joined below the limit, a miss from it on", () => {
  const ask = (times: number): string | undefined => {
    const scenario = new Scenario({ join: {} });
    scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times });
    scenario.inbound(CAME).end();
    return scenario.outbound(KEY).trace;
  };
  assert.equal(ask(TRIES - 1), TRACE);
  assert.notEqual(ask(TRIES), TRACE);
});

test("what is in flight is counted rightly by workers that are in each other's way, when requests come and when they end", () => {
  const scenario = new Scenario(CONFIGURATION);
  const worker = scenario.worker(CONFIGURATION);
  const without = (trace: string): Record<string, string> => ({ traceparent: traceparent(trace) });
  const alone = (): string | undefined => scenario.outbound({}, worker).trace;
  const other = (): void => void scenario.inbound(without(OTHER_TRACE), worker);
  let left = between(scenario, ALONE, 1, other);
  const served = scenario.inbound(without(TRACE));
  assert.equal(left(), 0);
  assert.ok(![TRACE, OTHER_TRACE].includes(alone() ?? ""), "two are in flight");
  // Of three, two of them of one trace, what is known of all together looks like the third one's.
  const third = scenario.inbound(without(TRACE));
  assert.notEqual(alone(), OTHER_TRACE, "three are in flight");
  third.end();
  assert.deepEqual([scenario.counter("joined_alone"), scenario.counter("join_missed")], [0n, 2n]);
  left = between(scenario, ALONE, 1, () => scenario.inbound(without(TRACE), worker).end());
  served.end();
  assert.equal(left(), 0);
  assert.equal(alone(), OTHER_TRACE);
  assert.equal(scenario.counter("joined_alone"), 1n);
});

test("a count that others are in the way of each time is given up, and nothing is taken to be alone any more", () => {
  for (const [times, joined] of [
    [FLIGHT_TRIES - 1, true],
    [FLIGHT_TRIES, false],
  ] as const) {
    const scenario = new Scenario(CONFIGURATION);
    const worker = scenario.worker(CONFIGURATION);
    scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times });
    const served = scenario.inbound({ traceparent: traceparent() });
    assert.equal(scenario.outbound({}, worker).trace === TRACE, joined);
    served.end();
    scenario.inbound({ traceparent: traceparent() });
    assert.equal(scenario.outbound({}, worker).trace === TRACE, joined);
  }
});
