/**
 * The budget: what each kind of request costs in host calls, exactly. Nothing where no rule looks at headers, one read of them
 * where one does; all else is for requests that meet a fault.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Headers } from "../../../../emulator/index.ts";
import { ALWAYS, GET, NEVER, Scenario, byPath, everyRequest } from "./scenario.ts";

const READ = "get_header_map_pairs request";
const SEED = "random_get 8";
const BEGIN = "increment_metric fault_injection.active_faults 1";
const END = "increment_metric fault_injection.active_faults -1";
const NOW = "clock_time_get 1";

const delayed = (name: string): string[] => [
  "increment_metric fault_injection.delays_injected 1",
  `increment_metric fault_injection.route.${name}.delays_injected 1`,
];
const aborted = (name: string): string[] => [
  "increment_metric fault_injection.aborts_injected 1",
  `increment_metric fault_injection.route.${name}.aborts_injected 1`,
];
const reply = (name: string, status = 503): string =>
  `send_local_response ${status} fault_filter_abort "fault filter abort" x-fault-injected=${name}`;
const timer = (milliseconds: number): string => `set_tick_period_milliseconds ${milliseconds}`;

const DELAY = { delay: { ...ALWAYS, fixedDelay: "5s" } };
const ABORT = { abort: { ...ALWAYS, httpStatus: 503 } };

/** The host calls of a request, of its answer and of its end, where the request goes on. */
function wholeRequest(scenario: Scenario, headers: Headers = GET): string[] {
  return scenario.during(() => {
    const stream = scenario.root.stream({ requestHeaders: headers });
    assert.equal(stream.requestHeaders().action, "Continue");
    stream.responseHeaders({ ":status": "200" });
    stream.end();
  });
}

test("a request that no rule concerns: nothing where no rule looks at headers, else one read of them", () => {
  assert.deepEqual(wholeRequest(new Scenario({ virtualServices: [] })), []);
  assert.deepEqual(wholeRequest(new Scenario({ virtualServices: [{ hosts: ["*"], http: [{}] }] })), []);
  const otherHost = { virtualServices: [{ hosts: ["details"], http: [{ fault: DELAY }] }] };
  assert.deepEqual(wholeRequest(new Scenario(otherHost)), [READ]);
  const otherPath = new Scenario(byPath({ "/admin": DELAY }));
  assert.deepEqual(wholeRequest(otherPath), [READ]);
  const everyOption = { ...otherHost, maxActiveFaults: 5, window: { from: "2020-01-01T00:00:00Z" } };
  assert.deepEqual(wholeRequest(new Scenario({ ...everyOption, headerControl: { principals: ["*"] } })), [READ]);
});

test("where no rule looks at headers, a fault that is drawn has them read: without a path that begins with / there is none", () => {
  const scenario = new Scenario(everyRequest(ABORT));
  assert.deepEqual(wholeRequest(scenario, { ...GET, ":method": "OPTIONS", ":path": "*" }), [SEED, READ]);
  assert.deepEqual(wholeRequest(scenario, { ":method": "CONNECT", ":authority": "ratings:80" }), [READ]);
  assert.deepEqual(scenario.request().calls, [READ, BEGIN, reply("r"), ...aborted("r")]);
});

test("a rule of 0 %, and one of 10 % that is not chosen: the VM's first draw asks for a seed, no other for anything", () => {
  const never = new Scenario(everyRequest({ delay: { ...NEVER, fixedDelay: "5s" } }));
  assert.deepEqual(wholeRequest(never), [SEED]);
  for (let i = 0; i < 1000; i++) assert.deepEqual(wholeRequest(never), []);

  const some = new Scenario(everyRequest({ delay: { percentage: { value: 10 }, fixedDelay: "5s" } }));
  // SplitMix64's first five for the seed 0 end in 607535, 355700, 545679, 542444 and 094747.
  some.emulator.random = (size) => new Uint8Array(size);
  assert.deepEqual(wholeRequest(some), [SEED]);
  for (let i = 0; i < 3; i++) assert.deepEqual(wholeRequest(some), []);
  assert.deepEqual(
    some.during(() => some.request()),
    [READ, BEGIN, NOW, timer(5000), ...delayed("r")],
  );
  const another = some.push(everyRequest({ abort: { ...NEVER, httpStatus: 503 } }));
  assert.deepEqual(
    some.during(() => some.request(GET, undefined, another)),
    [],
  );
});

test("a delay: the timer is set, and its tick lets the request go on; the answer names the fault", () => {
  const scenario = new Scenario(everyRequest(DELAY));
  const stream = scenario.root.stream({ requestHeaders: GET });
  assert.deepEqual(
    scenario.during(() => assert.equal(stream.requestHeaders().action, "StopAllIterationAndWatermark")),
    [SEED, READ, BEGIN, NOW, timer(5000), ...delayed("r")],
  );
  assert.equal(stream.requestPaused, true);
  assert.deepEqual(
    scenario.during(() => scenario.tick()),
    [NOW, `set_effective_context ${stream.id}`, END, "continue_stream request", "set_effective_context 1", timer(0)],
  );
  assert.equal(stream.requestPaused, false);
  assert.deepEqual(
    scenario.during(() => stream.responseHeaders({ ":status": "200" })),
    ["add_header_map_value response x-fault-injected=r"],
  );
  assert.deepEqual(
    scenario.during(() => stream.end()),
    [],
  );
});

test("a delay with an abort: the fault is active until the stream ends, also where the response is what is aborted", () => {
  for (const on of [undefined, "response"]) {
    const scenario = new Scenario(everyRequest({ ...DELAY, abort: { ...ABORT.abort, ...(on && { on }) } }));
    const stream = scenario.request();
    scenario.tick();
    if (on) stream.responseHeaders({ ":status": "200" });
    assert.equal(scenario.counter("aborts_injected"), 1n);
    assert.equal(scenario.active, 1n);
    stream.end();
    assert.equal(scenario.active, 0n);
  }
});

test("maxActiveFaults: when a delay is over its place is free, however long the stream lives", () => {
  const scenario = new Scenario(everyRequest(DELAY, { maxActiveFaults: 1 }));
  const streams = [1, 2, 3].map(() => {
    const stream = scenario.request();
    assert.equal(scenario.active, 1n);
    assert.equal(scenario.request().requestPaused, false, "one too many");
    scenario.tick();
    assert.equal(stream.requestPaused, false);
    assert.equal(scenario.active, 0n);
    return stream;
  });
  assert.equal(scenario.counter("delays_injected"), 3n);
  assert.equal(scenario.counter("faults_overflow"), 3n);
  for (const stream of streams) stream.end();
  assert.equal(scenario.active, 0n);
});

test("one timer: set anew only for an earlier deadline, and by a tick for what is left", () => {
  const fault = (fixedDelay: string): object => ({ delay: { ...ALWAYS, fixedDelay } });
  const scenario = new Scenario(byPath({ "/two": fault("2s"), "/three": fault("3s"), "/one": fault("1s") }));
  const request = (name: string): string[] => {
    const calls = scenario.during(() => scenario.request({ ...GET, ":path": `/${name}` }));
    assert.deepEqual(calls.slice(-2), delayed(name));
    return calls.slice(0, -2);
  };
  assert.deepEqual(request("two"), [READ, SEED, BEGIN, NOW, timer(2000)]);
  assert.deepEqual(request("three"), [READ, BEGIN, NOW]);
  assert.deepEqual(request("two"), [READ, BEGIN, NOW]);
  assert.deepEqual(request("one"), [READ, BEGIN, NOW, timer(1000)]);
  const resumed = (id: number): string[] => [`set_effective_context ${id}`, END, "continue_stream request"];
  const ticks = (later = 0): string[] => scenario.during(() => scenario.tick(later));
  const [root, two, three, twoAgain, one] = [1, 2, 3, 4, 5];
  // The host's timer is up to a few milliseconds early by the clock: what is left is waited for, in whole milliseconds.
  assert.deepEqual(ticks(-3.2), [NOW, `set_effective_context ${root}`, timer(4)]);
  assert.deepEqual(ticks(), [NOW, ...resumed(one), `set_effective_context ${root}`, timer(1000)]);
  assert.deepEqual(ticks(), [NOW, ...resumed(two), ...resumed(twoAgain), `set_effective_context ${root}`, timer(1000)]);
  assert.deepEqual(ticks(), [NOW, ...resumed(three), `set_effective_context ${root}`, timer(0)]);
  assert.deepEqual(request("three"), [READ, BEGIN, NOW, timer(3000)]);
  assert.deepEqual(ticks(60_000), [NOW, ...resumed(6), `set_effective_context ${root}`, timer(0)]);
});

test("a client that hangs up while it is held: the tick finds nothing to do", () => {
  const scenario = new Scenario(everyRequest(DELAY));
  const [first, second] = [scenario.request(), scenario.request()];
  assert.deepEqual(
    scenario.during(() => first.end()),
    [END],
  );
  assert.deepEqual(
    scenario.during(() => scenario.tick()),
    [NOW, `set_effective_context ${second.id}`, END, "continue_stream request", "set_effective_context 1", timer(0)],
  );
  const third = scenario.request();
  third.end();
  assert.deepEqual(
    scenario.during(() => scenario.tick()),
    [NOW, "set_effective_context 1", timer(0)],
  );
});

test("somebody else answers while it is held: it is let go of, and the answer names the fault", () => {
  const scenario = new Scenario(everyRequest({ ...DELAY, ...ABORT }));
  const stream = scenario.request();
  assert.deepEqual(
    scenario.during(() => stream.responseHeaders({ ":status": "504" })),
    ["add_header_map_value response x-fault-injected=r"],
  );
  assert.deepEqual(
    scenario.during(() => scenario.tick()),
    [NOW, "set_effective_context 1", timer(0)],
  );
  assert.deepEqual(
    scenario.during(() => stream.end()),
    [END],
  );
});

test("an abort: one reply, which the response's callback leaves alone", () => {
  const scenario = new Scenario(everyRequest(ABORT));
  assert.deepEqual(
    scenario.during(() => scenario.request().end()),
    [SEED, READ, BEGIN, reply("r"), ...aborted("r"), END],
  );
  const grpc = new Scenario(everyRequest({ abort: { ...ALWAYS, grpcStatus: "UNAVAILABLE" } }));
  const stream = grpc.request();
  assert.equal(stream.calls.at(-3), `${reply("r", 200)} grpc-status=14`);
});

test("an abort behind a delay comes from the tick", () => {
  const scenario = new Scenario(everyRequest({ ...DELAY, ...ABORT }));
  const stream = scenario.request();
  assert.deepEqual(stream.calls, [SEED, READ, BEGIN, NOW, timer(5000), ...delayed("r")]);
  assert.deepEqual(
    scenario.during(() => scenario.tick()),
    [NOW, `set_effective_context ${stream.id}`, reply("r"), ...aborted("r"), "set_effective_context 1", timer(0)],
  );
  assert.equal(stream.localReply?.status, 503);
});

test("an abort of the response: nothing but the count when the request comes, the reply when the answer does", () => {
  const abort = { ...ALWAYS, httpStatus: 500, on: "response", body: "no", headers: { "X-A": "b" } };
  const scenario = new Scenario(everyRequest({ abort }));
  const stream = scenario.root.stream({ requestHeaders: GET });
  assert.deepEqual(
    scenario.during(() => assert.equal(stream.requestHeaders().action, "Continue")),
    [SEED, READ, BEGIN],
  );
  assert.deepEqual(
    scenario.during(() => stream.responseHeaders({ ":status": "200" })),
    ['send_local_response 500 fault_filter_abort "no" x-fault-injected=r x-a=b', ...aborted("r")],
  );
  assert.deepEqual(
    scenario.during(() => stream.end()),
    [END],
  );
});

test("a request that is exempt, or out of the window, costs no more than to know that", () => {
  const exempted = "increment_metric fault_injection.faults_exempted 1";
  const usual = new Scenario(everyRequest(ABORT));
  assert.deepEqual(wholeRequest(usual, { ...GET, "user-agent": "kube-probe/1.31" }), [SEED, READ, exempted]);
  const own = new Scenario(everyRequest(ABORT, { exempt: [{ headers: { a: { exact: "b" } } }] }));
  assert.deepEqual(wholeRequest(own, { ...GET, a: "b" }), [SEED, READ, exempted]);
  const time = "get_current_time_nanoseconds";
  const over = { window: { until: "2026-01-01T00:00:00Z" } };
  assert.deepEqual(wholeRequest(new Scenario(everyRequest(ABORT, over))), [SEED, time]);
  assert.deepEqual(wholeRequest(new Scenario(everyRequest({ ...ABORT, ...over }))), [SEED, time]);
  const open = new Scenario(everyRequest({ ...ABORT, window: { from: "2026-01-01T00:00:00Z" } }));
  assert.deepEqual(open.request().calls, [SEED, time, READ, BEGIN, reply("r"), ...aborted("r")]);
});

test("of what is due together 32 go on in one call of the timer, the rest a millisecond later", () => {
  const scenario = new Scenario(everyRequest(DELAY));
  const streams = Array.from({ length: 70 }, () => scenario.request());
  const left = (): number => streams.filter(({ requestPaused }) => requestPaused).length;
  scenario.emulator.clock.advance(5000);
  for (const held of [70, 38, 6]) {
    assert.equal(left(), held);
    scenario.root.tick();
    assert.equal(scenario.root.tickPeriod, held === 6 ? 0 : 1);
  }
  assert.equal(left(), 0);
});

test("maxActiveFaults: counted first, then looked at; what is too much is taken back", () => {
  const scenario = new Scenario(everyRequest(DELAY, { maxActiveFaults: 1 }));
  const look = "get_metric fault_injection.active_faults";
  const held = scenario.request();
  assert.deepEqual(held.calls, [SEED, READ, BEGIN, look, NOW, timer(5000), ...delayed("r")]);
  assert.deepEqual(wholeRequest(scenario), [
    READ,
    BEGIN,
    look,
    END,
    "increment_metric fault_injection.faults_overflow 1",
  ]);
  assert.equal(scenario.active, 1n);
  held.end();
  assert.deepEqual(scenario.request().calls, [READ, BEGIN, look, NOW, ...delayed("r")]);
  const none = new Scenario(everyRequest(DELAY, { maxActiveFaults: 0 }));
  assert.deepEqual(wholeRequest(none).slice(-1), ["increment_metric fault_injection.faults_overflow 1"]);
});

test("budget: the time of each request; what it counted is shared once a second, and for a fault", () => {
  const scenario = new Scenario(
    byPath({ "/abort": ABORT, "/": { delay: { ...NEVER, fixedDelay: "1s" } } }, { budget: { maxPercent: 50 } }),
  );
  const time = "get_current_time_nanoseconds";
  const share = ["get_shared_data", "set_shared_data"].map(
    (call) => `${call} fault-injection.budget.default.fault-injection`,
  );
  const abort = { ...GET, ":path": "/abort" };
  assert.deepEqual(wholeRequest(scenario), [time, READ, SEED]);
  assert.deepEqual(wholeRequest(scenario), [time, READ]);
  assert.deepEqual(
    scenario.during(() => scenario.request(abort)),
    [time, READ, BEGIN, ...share, reply("abort"), ...aborted("abort")],
  );
  assert.deepEqual(wholeRequest(scenario), [time, READ]);
  scenario.emulator.clock.advance(1000);
  assert.deepEqual(wholeRequest(scenario), [time, ...share, READ]);
  assert.deepEqual(wholeRequest(scenario), [time, READ]);
  // Six requests, one fault so far. Five of ten may meet one, but not six of eleven.
  for (const allowed of [true, true, true, true, false]) {
    const calls = scenario.during(() => scenario.request(abort));
    const outcome = allowed
      ? [reply("abort"), ...aborted("abort")]
      : [END, "increment_metric fault_injection.faults_over_budget 1"];
    assert.deepEqual(calls, [time, READ, BEGIN, ...share, ...outcome]);
  }
});

test("headerControl: the sender's identity where one of the headers is there, which is taken from all others", () => {
  const scenario = new Scenario({
    direction: "INBOUND",
    headerControl: { principals: ["td/ns/chaos/*"], maxDelay: "10s" },
    virtualServices: [],
  });
  const identity = "get_property connection.uri_san_peer_certificate";
  const peer = (name: string): object => ({ connection: { mtls: true, uri_san_peer_certificate: `spiffe://${name}` } });
  const ask = (headers: Headers, name: string): string[] =>
    scenario.during(() => scenario.request({ ...GET, ...headers }, peer(name) as never));
  const delay = { "x-envoy-fault-delay-request": "1500" };
  const chaos = "td/ns/chaos/sa/tester";
  assert.deepEqual(wholeRequest(scenario), [READ]);
  assert.deepEqual(ask(delay, chaos), [READ, identity, BEGIN, NOW, timer(1500), ...delayed("headerControl")]);
  assert.deepEqual(ask({ "x-envoy-fault-abort-request": "404" }, chaos), [
    ...[READ, identity, BEGIN, reply("headerControl", 404)],
    ...aborted("headerControl"),
  ]);
  assert.deepEqual(ask({ ...delay, "x-envoy-fault-delay-request-percentage": "0" }, chaos), [READ, identity, SEED]);
  assert.deepEqual(ask({ "x-envoy-fault-delay-request": "soon" }, chaos), [READ, identity]);
  assert.deepEqual(ask({ ...delay, "x-envoy-fault-throughput-response": "1" }, "td/ns/a/sa/b"), [
    ...[READ, identity],
    "remove_header_map_value request x-envoy-fault-throughput-response",
    "remove_header_map_value request x-envoy-fault-delay-request",
  ]);
});

test("consistentBy: draws that follow from the request ask for no seed, and for what they follow from at most once", () => {
  const drawn = (consistentBy: unknown, headers: Headers = {}): string[] => {
    const fault = { abort: { ...NEVER, httpStatus: 503 }, consistentBy };
    const properties = { connection: { uri_san_peer_certificate: "spiffe://td/ns/a/sa/b" } };
    const scenario = new Scenario(everyRequest(fault, { direction: "INBOUND" }));
    return scenario.during(() => scenario.request({ ...GET, ...headers }, properties));
  };
  const trace = "0af7651916cd43dd8448eb211c80319c";
  assert.deepEqual(drawn({ header: "End-User" }, { "end-user": "jason" }), [READ]);
  assert.deepEqual(drawn({ cookie: "session" }, { cookie: "session=1" }), [READ]);
  assert.deepEqual(drawn("principal"), ["get_property connection.uri_san_peer_certificate"]);
  assert.deepEqual(drawn("traceId", { traceparent: `00-${trace}-b7ad6b7169203331-01` }), [READ]);
  assert.deepEqual(drawn("traceId", { b3: `${trace}-b7ad6b7169203331` }), [READ]);
  assert.deepEqual(drawn("traceId", { "x-b3-traceid": trace }), [READ]);
  assert.deepEqual(drawn({ header: "end-user" }), [READ, SEED], "without it the draws are random");
  assert.deepEqual(drawn("traceId", { traceparent: "00-0af7" }), [READ, SEED]);
});

test("the log says at debug level what befalls a request", () => {
  const scenario = new Scenario(everyRequest({ ...DELAY, abort: { ...ABORT.abort, on: "response" } }), {
    logLevel: "debug",
  });
  const lines = scenario.request().calls.filter((call) => call.startsWith("log "));
  assert.deepEqual(lines, ['log debug fault-injection: "r" delay 5000ms abort on response 503']);
});
