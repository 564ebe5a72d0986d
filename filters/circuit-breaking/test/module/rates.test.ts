/** Shares of the calls of an interval: how many failed, how many were slow. The names of threads are those of public reports. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAILS, FLAG, OK, Scenario, reviews, type Answer } from "./scenario.ts";

const RATE = { consecutive5xxErrors: 0, interval: "10s", failureRateThreshold: 50, minimumNumberOfCalls: 20 };
const SLOW = { consecutive5xxErrors: 0, interval: "1000s", slowCallDurationThreshold: "2s", slowCallRateThreshold: 80 };

test("every other call fails: open at the 20th; errors in a row never (istio#19052, #30358)", () => {
  const scenario = new Scenario(reviews(RATE));
  const inARow = new Scenario(reviews({ consecutive5xxErrors: 5 }));
  for (let call = 1; call <= 20; call++) {
    assert.equal(scenario.state(), "closed", String(call));
    for (const one of [scenario, inARow]) one.ask(call % 2 === 0 ? FAILS : OK);
  }
  assert.equal(scenario.state(), "open");
  assert.match(scenario.logged().at(-1) ?? "", /closed -> open: failure_rate 50\.0% of 20,/);
  assert.equal(inARow.state(), "closed");
});

test("few calls say nothing (envoy#16392, #33739)", () => {
  const scenario = new Scenario(reviews(RATE));
  assert.equal(scenario.asks(19, FAILS), ".".repeat(19));
  assert.equal(scenario.state(), "closed");
  scenario.ask(FAILS);
  assert.equal(scenario.state(), "open");
});

test("a rate of 100 opens if all fail, and not if one of a hundred does not (Sentinel#1769)", () => {
  const all = { ...RATE, failureRateThreshold: 100, minimumNumberOfCalls: 100 };
  const one = new Scenario(reviews(all));
  assert.equal(one.asks(1, OK) + one.asks(99, FAILS), ".".repeat(100));
  assert.equal(one.state(), "closed");
  const none = new Scenario(reviews(all));
  none.asks(100, FAILS);
  assert.equal(none.state(), "open");
});

test("what is older than the interval counts no more, to a tenth of it", () => {
  const scenario = new Scenario(reviews(RATE));
  scenario.asks(19, FAILS);
  scenario.after(10_000);
  scenario.ask(FAILS);
  assert.equal(scenario.state(), "closed");
  scenario.after(9000);
  scenario.asks(19, FAILS);
  assert.equal(scenario.state(), "open", "20 in the last ten seconds");
});

test("the calls of all workers are counted together", () => {
  const scenario = new Scenario(reviews(RATE));
  const workers = [scenario.root, scenario.worker(), scenario.worker()];
  for (let call = 1; call <= 20; call++) {
    assert.equal(scenario.state(), "closed");
    scenario.ask(FAILS, undefined, workers[call % 3]);
    scenario.after(100);
  }
  assert.equal(scenario.state(), "open");
});

test("after it has closed the interval begins anew", () => {
  const scenario = new Scenario(reviews({ ...RATE, baseEjectionTime: "1s" }));
  scenario.asks(20, FAILS);
  scenario.after(1000);
  scenario.ask(OK);
  assert.equal(scenario.state(), "closed");
  scenario.asks(19, FAILS);
  assert.equal(scenario.state(), "closed");
  scenario.ask(FAILS);
  assert.equal(scenario.state(), "open");
});

test("latency as failure: all answer 200 after 3 s; at 1.9 s never (envoy#288, #36415, linkerd2#2846)", () => {
  const slow = new Scenario(reviews(SLOW));
  slow.asks(20, { status: 200, after: 3000 });
  assert.equal(slow.state(), "open");
  assert.match(slow.logged().at(-1) ?? "", /slow_call_rate 100\.0% of 20,/);
  const quick = new Scenario(reviews(SLOW));
  quick.asks(100, { status: 200, after: 1900 });
  assert.equal(quick.state(), "closed");
});

test("a client that leaves a slow call counts it as slow, one that leaves a quick one counts nothing (envoy#288)", () => {
  const left = (after: number): Answer => ({ flags: FLAG.DC, after });
  const slow = new Scenario(reviews(SLOW));
  slow.asks(20, left(2500));
  assert.equal(slow.state(), "open");
  const quick = new Scenario(reviews(SLOW));
  quick.asks(50, left(1000));
  assert.equal(quick.of("reviews", "requests"), 0);
});

test("Envoy's own answers are no calls; an answer that breaks off is one that failed, once", () => {
  const scenario = new Scenario(reviews(RATE));
  scenario.asks(30, { status: 404, details: "route_not_found" });
  scenario.asks(30, { status: 503, details: "no_healthy_upstream", flags: FLAG.UH });
  assert.equal(scenario.of("reviews", "requests"), 0);
  const breaksOff = { details: "upstream_reset_after_response_started{connection_termination}", flags: FLAG.UC };
  scenario.asks(3, { status: 200, breaksOff });
  scenario.asks(2, { status: 500, breaksOff });
  assert.deepEqual(
    ["requests", "failures"].map((what) => scenario.of("reviews", what)),
    [5, 5],
  );
});
