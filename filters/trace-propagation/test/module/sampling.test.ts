/** The tracestate of a trace that begins here: it says whether the trace is sampled, and holds nothing of one that came without a traceparent. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Scenario, type Sent } from "./scenario.ts";

/** Enough that some of the traces are sampled at 1 %, by the ids that follow from the seed 0. */
const TRACES = 1000;
/** The threshold of 1 % (OpenTelemetry, "TraceState: Probability Sampling"): 2^56 · 0.99 in four digits after those that are `f`. */
const THRESHOLD = 0xfd70an << 36n;
/** Came without a traceparent: W3C Trace Context §4.3 has them discarded. */
const CAME = ["foo=1", "foo=1,bar=2"];

/** A scenario whose ids follow from the seed 0. */
function seeded(configuration: object): Scenario {
  const scenario = new Scenario(configuration);
  scenario.emulator.random = (size) => new Uint8Array(size);
  return scenario;
}

/** Whether a trace is sampled at 1 %: by the lower 56 bits of its id. */
function isSampled(sent: Sent): boolean {
  return BigInt(`0x${sent.trace?.slice(18)}`) >= THRESHOLD;
}

test("at the default of 1 % a sampled trace has a member `ot`, and any other has none, whatever tracestate came", () => {
  const scenario = seeded({});
  const seen = new Set<boolean>();
  for (let i = 0; i < TRACES; i++) {
    const sent = scenario.inbound({ tracestate: CAME[i % CAME.length] ?? "" }).end();
    const sampled = isSampled(sent);
    seen.add(sampled);
    assert.equal(sent.get("traceparent")?.slice(-2), sampled ? "03" : "02");
    assert.equal(sent.get("tracestate"), sampled ? "ot=th:fd70a" : undefined);
  }
  assert.deepEqual([...seen].sort(), [false, true]);
});

test("the call that is joined to such a request has as many members as the request had: `ot` if it is sampled", () => {
  const scenario = seeded({ participate: true, join: { keys: ["x-request-id"] } });
  const seen = new Set<boolean>();
  for (let i = 0; i < TRACES; i++) {
    const key = { "x-request-id": `request-${i}` };
    const came = scenario.inbound({ ...key, tracestate: CAME[i % CAME.length] ?? "" }).end();
    const call = scenario.outbound(key).end();
    const sampled = isSampled(came);
    seen.add(sampled);
    assert.equal(call.trace, came.trace);
    for (const sent of [came, call]) {
      assert.equal(sent.get("tracestate"), `signalbox=${sent.span}${sampled ? ",ot=th:fd70a" : ""}`);
    }
  }
  assert.deepEqual([...seen].sort(), [false, true]);
});
