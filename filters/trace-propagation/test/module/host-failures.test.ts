/**
 * What the host does not do, or not say: never a trap, never a request that does not go on, never one in the trace of another. What
 * can be known of a failure only in the worker that met it is known there alone, so this is one worker.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status, statusName } from "../../../../emulator/index.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { OTHER_SPAN, OTHER_TRACE, PLUGIN, SPAN, Scenario, TRACE, traceparent } from "./scenario.ts";
import { Witness, type Joining, type Made } from "./witness.ts";

const STATUSES = Object.values(Status).filter((status) => status !== Status.Ok);
const CALLS = [
  ...["proxy_get_header_map_pairs", "proxy_replace_header_map_value", "proxy_remove_header_map_value", "malloc"],
  ...["proxy_get_property", "proxy_increment_metric", "proxy_log", "random_get", "clock_time_get"],
  ...["proxy_get_current_time_nanoseconds", "proxy_get_shared_data", "proxy_set_shared_data"],
];

const JOINING: Joining = { group: PLUGIN, keys: ["x-request-id"], lifetimeMilliseconds: 60_000, whenAlone: true };
const CONFIGURATION = {
  extract: ["w3c", "b3-single"],
  inject: ["w3c", "b3-single"],
  foreign: "remove",
  participate: true,
  join: { whenAlone: true },
};

const low = (trace: string): string => trace.slice(16);
const FIRST: Made = {
  headers: { "x-request-id": "same", traceparent: traceparent(), tracestate: "a=1" },
  own: [low(TRACE)],
};
const SECOND: Made = {
  headers: { "x-request-id": "same", b3: `${OTHER_TRACE}-${OTHER_SPAN}-1`, tracestate: "B=1" },
  own: [low(OTHER_TRACE)],
};
const WITH_KEY: Made = { headers: { "x-request-id": "same" }, own: [] };
const WITHOUT: Made = { headers: {}, own: [] };

/** Two requests with one key come, and end; the workload sends others between. A call fails from one of these steps to another. */
function play(call: string, status: number, from: number, to: number, configuration: object = CONFIGURATION): Scenario {
  // Not recorded: a configuration with join writes thousands of slots, and this runs some two thousand times.
  const scenario = new Scenario(configuration, { logLevel: "debug", record: false });
  const witness = new Witness();
  const { root, emulator } = scenario;
  let step = 0;
  const fails = (): boolean => step >= from && step < to;
  emulator.fail(call, status, { when: fails });
  const send = (direction: "inbound" | "outbound", made: Made): ReturnType<Witness["send"]> => {
    const sent = witness.send(root, direction, JOINING, made, fails());
    step++;
    return sent;
  };
  const ask = (): void => {
    for (const made of [WITH_KEY, WITHOUT]) witness.end(send("outbound", made));
  };
  const end = (sent: ReturnType<typeof send>): void => {
    witness.end(sent);
    step++;
  };
  const first = send("inbound", FIRST);
  ask();
  const second = send("inbound", SECOND);
  ask();
  end(first);
  ask();
  end(second);
  ask();
  assert.equal(scenario.vm.failed, undefined);
  assert.equal(step, STEPS);
  return scenario;
}

const STEPS = 12;

function attempt(call: string, status: number, from: number, to: number): void {
  try {
    play(call, status, from, to);
  } catch (error) {
    (error as Error).message += ` (${statusName(status)}, steps ${from} to ${to})`;
    throw error;
  }
}

test("without failures: two calls are the first request's, two come between, and one is that of the second alone", () => {
  const scenario = play("none", Status.Ok, 0, 0);
  assert.equal(scenario.counter("joined"), 1n);
  assert.equal(scenario.counter("joined_alone"), 2n);
  assert.equal(scenario.counter("join_missed_torn"), 3n);
  assert.equal(scenario.counter("join_missed"), 2n);
});

for (const call of CALLS) {
  test(`${call} failing, from any step to any other: no trap, and nothing of another trace`, () => {
    for (let from = 0; from < STEPS; from++) {
      for (const status of STATUSES) attempt(call, status, from, from + 1);
      for (const to of [from + 2, STEPS]) attempt(call, Status.InternalFailure, from, to);
    }
  });
}

test("every call failing at once: every request goes on as it came", () => {
  for (const status of STATUSES) {
    const { emulator, root, vm } = new Scenario(CONFIGURATION, { logLevel: "debug" });
    for (const call of CALLS) emulator.fail(call, status);
    const witness = new Witness();
    for (const direction of ["inbound", "outbound"] as const) {
      for (const made of [FIRST, SECOND, WITH_KEY, WITHOUT]) {
        const sent = witness.send(root, direction, JOINING, made, true);
        const went = Object.fromEntries(sent.headers.filter(([name]) => !name.startsWith(":")));
        assert.deepEqual(went, made.headers);
        witness.end(sent);
      }
    }
    assert.equal(vm.failed, undefined);
  }
});

test("a host that refuses a header's write: what cannot be written goes on as it came, all else is done", () => {
  for (const status of STATUSES) {
    const scenario = new Scenario({ inject: ["w3c", "b3-single"] });
    scenario.emulator.fail("proxy_replace_header_map_value", status, {
      when: ({ args }) => args.includes(" traceparent="),
    });
    const sent = scenario.inbound({ traceparent: "00-0-0-01", tracestate: "a=1" });
    assert.equal(sent.get("traceparent"), "00-0-0-01");
    assert.equal(sent.get("tracestate"), undefined);
    assert.match(sent.get("b3") ?? "", /^[0-9a-f]{32}-[0-9a-f]{16}-0$/);
  }
});

test("a configuration that the host does not hand over is refused", () => {
  for (const status of STATUSES) {
    for (const call of ["proxy_get_buffer_bytes", "malloc"]) {
      const { emulator, vm } = TRACE_PROPAGATION.load();
      emulator.fail(call, status);
      const root = vm.createRoot({ configuration: JSON.stringify(CONFIGURATION) });
      assert.deepEqual([root.accepted, vm.failed], [false, undefined]);
      assert.equal(TRACE_PROPAGATION.errorsOf(vm).length, 1);
    }
  }
});

for (const call of [
  ...["proxy_get_log_level", "proxy_get_property", "proxy_get_shared_data", "proxy_set_shared_data"],
  ...["proxy_set_effective_context", "proxy_define_metric"],
]) {
  test(`${call} failing while configuring: no trap, no wrong join, and a valid context passes`, () => {
    for (const status of STATUSES) {
      const { emulator, vm } = TRACE_PROPAGATION.load();
      emulator.fail(call, status);
      const root = TRACE_PROPAGATION.configured(vm, CONFIGURATION, { pluginName: PLUGIN });
      emulator.clearFaults();
      const witness = new Witness();
      const first = witness.send(root, "inbound", JOINING, FIRST);
      assert.equal(first.trace, TRACE);
      witness.end(witness.send(root, "outbound", JOINING, WITH_KEY));
      const second = witness.send(root, "inbound", JOINING, SECOND);
      for (const made of [WITH_KEY, WITHOUT]) witness.end(witness.send(root, "outbound", JOINING, made));
      for (const sent of [first, second]) witness.end(sent);
      for (const made of [WITH_KEY, WITHOUT]) witness.end(witness.send(root, "outbound", JOINING, made));
      assert.equal(vm.failed, undefined);
    }
  });
}

test("a request whose direction the host does not tell may have come in: it is joined to none, and none to it", () => {
  for (const status of STATUSES) {
    const scenario = new Scenario(CONFIGURATION);
    scenario.emulator.fail("proxy_get_property", status, { times: 1 });
    const sent = scenario.outbound(FIRST.headers);
    assert.equal(sent.trace, TRACE);
    for (const { headers } of [WITH_KEY, WITHOUT]) assert.notEqual(scenario.outbound(headers).trace, TRACE);
    const came = scenario.inbound(SECOND.headers);
    for (const { headers } of [WITH_KEY, WITHOUT]) assert.notEqual(scenario.outbound(headers).trace, OTHER_TRACE);
    sent.end();
    // Which key it had, and whether it had come, is not known for as long as a request is remembered; that it is over, is.
    assert.notEqual(scenario.outbound({ "x-request-id": "same" }).trace, TRACE);
    assert.equal(scenario.outbound({}).trace, OTHER_TRACE);
    came.end();
  }
});

test("the direction given, a failing property harms no join", () => {
  for (const status of STATUSES) {
    const configuration = { join: {}, direction: "INBOUND" };
    const scenario = new Scenario(configuration);
    const outbound = scenario.push({ ...configuration, direction: "OUTBOUND" });
    scenario.emulator.fail("proxy_get_property", status);
    scenario.inbound({ traceparent: traceparent(TRACE, SPAN), "x-request-id": "a" });
    assert.equal(scenario.outbound({ "x-request-id": "a" }, outbound).trace, TRACE);
  }
});
