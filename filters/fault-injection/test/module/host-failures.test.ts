/** What the host does not do, or not say: never a trap, never a request that is held for that, never more faults than allowed. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Status, statusName, type Headers, type Stream } from "../../../../emulator/index.ts";
import { FAULT_INJECTION } from "./compiled.ts";
import { isHeld } from "./held.ts";
import { ALWAYS, GET, Scenario, byPath, everyRequest } from "./scenario.ts";

const STATUSES = Object.values(Status).filter((status) => status !== Status.Ok);
const ABORT = { abort: { ...ALWAYS, httpStatus: 503 } };
const DELAY = { delay: { ...ALWAYS, fixedDelay: "1s" } };

/** An entry of each kind, by its path. */
const ENTRIES = {
  "/abort": ABORT,
  "/delay": DELAY,
  "/both": { ...DELAY, ...ABORT },
  "/answer": { abort: { ...ALWAYS, httpStatus: 504, on: "response" } },
};
type Path = keyof typeof ENTRIES;
const PATHS = Object.keys(ENTRIES) as Path[];

/** What is asked of the host beside what every fault asks, and the options that have it asked. */
const OPTIONS = {
  direction: "INBOUND",
  maxActiveFaults: 100,
  budget: { maxPercent: 100 },
  window: { from: "2020-01-01T00:00:00Z" },
  headerControl: { principals: ["td/ns/chaos/*"] },
};

const withPath = (path: Path): Headers => ({ ...GET, ":path": path });

/** What comes of a request to the end: the status of its reply, or that of the upstream. */
function outcome(scenario: Scenario, headers: Headers): { held: boolean; status: number } {
  const stream = scenario.request(headers);
  const held = isHeld(stream);
  if (held) scenario.tick();
  assert.equal(isHeld(stream), false, "it is held for good");
  if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
  stream.end();
  assert.equal(scenario.vm.failed, undefined);
  return { held, status: stream.localReply?.status ?? 200 };
}

const UNHARMED = { held: false, status: 200 };
const HARMED: Readonly<Record<Path, object>> = {
  "/abort": { held: false, status: 503 },
  "/delay": { held: true, status: 200 },
  "/both": { held: true, status: 503 },
  "/answer": { held: false, status: 504 },
};

/** What comes of a request to each path while a call fails. */
function outcomes(options: object, call: string, status: number, args?: string): Record<string, object> {
  const results = PATHS.map((path) => {
    const scenario = new Scenario(byPath(ENTRIES, options), { logLevel: "debug" });
    scenario.emulator.fail(call, status, args === undefined ? {} : { when: (one) => one.args === args });
    return [path, outcome(scenario, withPath(path))] as const;
  });
  return Object.fromEntries(results);
}

const NO_FAULT = Object.fromEntries(PATHS.map((path) => [path, UNHARMED]));

test("without failures each entry does what it says, with the options and without", () => {
  for (const options of [{}, OPTIONS]) assert.deepEqual(outcomes(options, "none", Status.Ok), HARMED);
});

for (const [call, options] of [
  ["proxy_get_header_map_pairs", {}],
  ["malloc", {}],
  ["proxy_get_current_time_nanoseconds", { window: OPTIONS.window }],
  ["proxy_get_current_time_nanoseconds", { budget: OPTIONS.budget }],
  ["proxy_get_metric", { maxActiveFaults: 100 }],
  ["proxy_increment_metric", { maxActiveFaults: 100 }],
  ["proxy_get_shared_data", { budget: OPTIONS.budget }],
  ["proxy_set_shared_data", { budget: OPTIONS.budget }],
] as const) {
  test(`no fault where ${call} fails: ${JSON.stringify(options)}`, () => {
    for (const status of STATUSES) assert.deepEqual(outcomes(options, call, status), NO_FAULT, statusName(status));
  });
}

for (const call of [
  ...["proxy_increment_metric", "proxy_log", "random_get", "proxy_add_header_map_value", "proxy_get_property"],
  ...["proxy_get_metric", "proxy_get_current_time_nanoseconds", "proxy_get_shared_data", "proxy_set_shared_data"],
]) {
  test(`${call} decides nothing where no option asks for it`, () => {
    for (const status of STATUSES) assert.deepEqual(outcomes({}, call, status), HARMED, statusName(status));
  });
}

test("no fault where no rule looks at headers, and those that would confirm it are not handed over", () => {
  for (const call of ["proxy_get_header_map_pairs", "malloc"]) {
    for (const status of STATUSES) {
      const scenario = new Scenario(everyRequest(ABORT));
      scenario.emulator.fail(call, status);
      assert.deepEqual(outcome(scenario, GET), UNHARMED);
    }
  }
});

test("a reply that the host does not take: the request goes on, and nothing is counted", () => {
  for (const status of STATUSES) {
    assert.deepEqual(outcomes({}, "proxy_send_local_response", status), {
      ...NO_FAULT,
      "/delay": HARMED["/delay"],
      "/both": { held: true, status: 200 },
    });
    const scenario = new Scenario(byPath(ENTRIES));
    scenario.emulator.fail("proxy_send_local_response", status);
    for (const path of PATHS) outcome(scenario, withPath(path));
    assert.equal(scenario.counter("aborts_injected"), 0n);
    assert.equal(scenario.active, 0n);
  }
});

for (const call of ["clock_time_get", "proxy_set_tick_period_milliseconds"]) {
  test(`no delay where ${call} fails, but the abort behind it`, () => {
    for (const status of STATUSES) {
      assert.deepEqual(outcomes({}, call, status), {
        ...HARMED,
        "/delay": UNHARMED,
        "/both": { held: false, status: 503 },
      });
    }
  });

  test(`all that is held is resumed where ${call} fails in a tick`, () => {
    for (const status of STATUSES) {
      const scenario = new Scenario(
        byPath({
          "/1": DELAY,
          "/2": { delay: { ...ALWAYS, fixedDelay: "2s" } },
          "/3": { delay: { ...ALWAYS, fixedDelay: "3s" } },
        }),
      );
      const streams = ["/1", "/2", "/3"].map((path) => scenario.request({ ...GET, ":path": path }));
      scenario.emulator.fail(call, status);
      scenario.tick();
      assert.deepEqual(streams.map(isHeld), [false, false, false]);
      scenario.emulator.clearFaults();
      assert.equal(isHeld(scenario.request({ ...GET, ":path": "/1" })), true);
      scenario.tick();
      for (const stream of streams) stream.end();
      assert.equal(scenario.vm.failed, undefined);
    }
  });
}

test("a context that cannot be made the effective one: no other request is resumed in its place", () => {
  for (const status of STATUSES) {
    const scenario = new Scenario(byPath(ENTRIES));
    const streams = [1, 2, 3].map(() => scenario.request(withPath("/delay")));
    const gone = streams[1] as Stream;
    scenario.emulator.fail("proxy_set_effective_context", status, { when: ({ args }) => args === String(gone.id) });
    const calls = scenario.during(() => scenario.tick());
    assert.equal(calls.filter((call) => call.startsWith("continue_stream")).length, 2);
    assert.deepEqual(streams.map(isHeld), [false, true, false]);
    for (const stream of streams) stream.end();
    assert.equal(scenario.active, 0n);
  }
});

test("workers that are in the way: a fault is spent all the same, unless they never let it be", () => {
  const ask = (times: number): number => {
    const scenario = new Scenario(byPath(ENTRIES, { budget: { maxPercent: 100 } }));
    scenario.emulator.fail("proxy_set_shared_data", Status.CasMismatch, { times });
    return outcome(scenario, withPath("/abort")).status;
  };
  assert.equal(ask(7), 503);
  assert.equal(ask(8), 200);
});

test("x-envoy-fault-* is taken from a request whose sender, or whose headers, the host does not tell", () => {
  for (const call of ["proxy_get_property", "proxy_get_header_map_pairs", "malloc"]) {
    for (const status of STATUSES) {
      const scenario = new Scenario({ ...OPTIONS, virtualServices: [] });
      scenario.emulator.fail(call, status);
      const requestHeaders = { ...GET, "x-envoy-fault-delay-request": "1000", "x-envoy-fault-abort-request": "503" };
      const connection = { mtls: true, uri_san_peer_certificate: "spiffe://td/ns/chaos/sa/tester" };
      const stream = scenario.root.stream({ requestHeaders, properties: { connection } });
      const { action, headers } = stream.requestHeaders();
      assert.equal(action, "Continue");
      assert.deepEqual(
        headers.filter(([name]) => name.startsWith("x-envoy-fault")),
        [],
        `${call} ${statusName(status)}`,
      );
      stream.end();
    }
  }
});

test("every call failing at once: no trap, and no request is held", () => {
  for (const status of STATUSES) {
    const scenario = new Scenario(byPath(ENTRIES, OPTIONS), { logLevel: "debug" });
    const held = PATHS.map((path) => scenario.request(withPath(path)));
    for (const call of EVERY_CALL) scenario.emulator.fail(call, status);
    for (const path of PATHS) {
      const headers = { ...withPath(path), "x-envoy-fault-delay-request": "1000" };
      assert.deepEqual(outcome(scenario, headers), UNHARMED);
    }
    scenario.tick();
    for (const stream of held) {
      if (stream.localReply === undefined) stream.responseHeaders({ ":status": "200" });
      stream.end();
    }
    assert.equal(scenario.vm.failed, undefined);
  }
});

const EVERY_CALL = [
  ...["proxy_get_header_map_pairs", "proxy_add_header_map_value", "proxy_remove_header_map_value", "malloc"],
  ...["proxy_get_property", "proxy_get_metric", "proxy_increment_metric", "proxy_log", "random_get", "clock_time_get"],
  ...["proxy_get_current_time_nanoseconds", "proxy_get_shared_data", "proxy_set_shared_data"],
  ...["proxy_set_tick_period_milliseconds", "proxy_set_effective_context", "proxy_continue_stream"],
  ...["proxy_send_local_response"],
];

test("a configuration that the host does not hand over is refused", () => {
  for (const status of STATUSES) {
    for (const call of ["proxy_get_buffer_bytes", "malloc"]) {
      const { emulator, vm } = FAULT_INJECTION.load();
      emulator.fail(call, status);
      const root = vm.createRoot({ configuration: JSON.stringify(byPath(ENTRIES, OPTIONS)) });
      assert.deepEqual([root.accepted, vm.failed], [false, undefined]);
      assert.deepEqual(FAULT_INJECTION.errorsOf(vm).length, 1);
    }
  }
});

for (const call of [
  ...["proxy_get_log_level", "proxy_get_property", "proxy_get_shared_data", "proxy_set_shared_data"],
  ...["proxy_set_effective_context", "proxy_define_metric"],
]) {
  test(`${call} failing while configuring does no harm`, () => {
    for (const status of STATUSES) {
      const { emulator, vm } = FAULT_INJECTION.load();
      emulator.fail(call, status);
      const root = FAULT_INJECTION.configured(vm, byPath(ENTRIES));
      emulator.clearFaults();
      const stream = root.stream({ requestHeaders: withPath("/both") });
      stream.requestHeaders();
      emulator.clock.advance(root.tickPeriod);
      root.tick();
      assert.equal(stream.localReply?.status, 503);
      stream.end();
      assert.equal(vm.failed, undefined);
    }
  });
}

test("a gauge that the host does not define counts nothing: maxActiveFaults then lets no fault happen", () => {
  const { emulator, vm } = FAULT_INJECTION.load();
  emulator.fail("proxy_define_metric", Status.InternalFailure);
  const root = FAULT_INJECTION.configured(vm, byPath(ENTRIES, { maxActiveFaults: 100 }));
  const stream = root.stream({ requestHeaders: withPath("/abort") });
  assert.equal(stream.requestHeaders().action, "Continue");
  stream.end();
});
