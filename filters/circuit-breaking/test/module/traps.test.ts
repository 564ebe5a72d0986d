/**
 * A worker's VM that fails while it has to do with a circuit: at a probe, or between the writing of a change and the telling of it. The
 * other workers come to know, and the circuit goes on.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status } from "../../../../emulator/index.ts";
import { FAILS, GET, OK, Scenario, reviews, type Sent } from "./scenario.ts";

const POLICY = {
  consecutive5xxErrors: 2,
  baseEjectionTime: "1s",
  interval: "10s",
  maxWaitDurationInHalfOpenState: "5s",
};

const trap = (): never => {
  throw new WebAssembly.RuntimeError("unreachable");
};

/** Has the VM that makes the next change of a record fail as soon as it is written. */
function failAfterWriting({ emulator }: Scenario): void {
  let written = false;
  // None of the two gives a status: the first takes note, the other traps.
  emulator.fail("proxy_set_shared_data", Status.Ok, { when: () => ((written = true), false) });
  emulator.fail("proxy_increment_metric", Status.Ok, { when: () => written && trap() });
}

/** Has the VM fail when the response headers of a request come; nothing in it is called any more then. */
function failAt({ emulator, vm }: Scenario, { stream }: Sent, status: number): void {
  stream.responseHeaders({ ":status": `${status}` });
  emulator.clearFaults();
  assert.notEqual(vm.failed, undefined);
}

test("a VM that fails at its probe: the others wait for the probe's lease, take it for a failure, and probe again", () => {
  const scenario = new Scenario(reviews(POLICY));
  const other = scenario.worker();
  assert.equal(scenario.asks(3, FAILS), "..x");
  scenario.after(1000);
  const probe = scenario.send();
  assert.equal(probe.refused, false);
  scenario.emulator.fail("proxy_get_header_map_pairs", Status.Ok, { when: trap });
  failAt(scenario, probe, 200);

  assert.equal(scenario.ask(OK, GET, other), true);
  scenario.after(4999);
  assert.equal(scenario.ask(OK, GET, other), true);
  assert.equal(scenario.state(), "half-open");
  scenario.after(1);
  assert.equal(scenario.ask(OK, GET, other), true, "open again, for twice as long");
  assert.equal(scenario.state(), "open");
  scenario.after(2000);
  assert.equal(scenario.asks(2, OK, GET, other), "..");
  assert.equal(scenario.state(), "closed");
  assert.equal(scenario.asks(3, FAILS, GET, other), "..x");
});

test("a VM that fails after it has opened the circuit, untold: the next error that would open it tells the others", () => {
  const scenario = new Scenario(reviews(POLICY));
  const other = scenario.worker();
  assert.equal(scenario.ask(FAILS, GET, other), false);
  failAfterWriting(scenario);
  failAt(scenario, scenario.send(), 500);

  assert.equal(scenario.asks(3, FAILS, GET, other), ".xx");
  scenario.after(1000);
  assert.equal(scenario.asks(2, OK, GET, other), "..");
  assert.equal(scenario.asks(3, FAILS, GET, other), "..x");
});

test("a VM that fails after it has closed the circuit, untold: after the probe's lease all pass, and count from the second error on", () => {
  const scenario = new Scenario(reviews(POLICY));
  const other = scenario.worker();
  scenario.asks(2, FAILS);
  scenario.after(1000);
  const probe = scenario.send();
  assert.equal(scenario.ask(OK, GET, other), true);
  failAfterWriting(scenario);
  failAt(scenario, probe, 200);

  scenario.after(4999);
  assert.equal(scenario.ask(OK, GET, other), true);
  scenario.after(1);
  assert.equal(scenario.ask(OK, GET, other), false);
  assert.equal(scenario.asks(4, FAILS, GET, other), "...x");
});
