/** The record of host calls, and faults. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileProbe } from "./test/compile.ts";
import { Emulator, HeaderMap, Status, type Stream } from "./index.ts";

const probe = compileProbe();
const module = new WebAssembly.Module(probe);

/** Plays a script upon one request and gives the stream, and the calls that are not the probe's own log. */
function play(
  script: readonly string[],
  emulator = new Emulator({ clusters: ["up"] }),
): { stream: Stream; calls: string[] } {
  const root = emulator.instantiate(probe, module).createRoot({ configuration: script.join("\n") });
  const stream = root.stream({ requestHeaders: { ":path": "/" }, properties: { a: { b: "c" } } });
  stream.requestHeaders();
  return { stream, calls: stream.calls.filter((call) => !call.startsWith("log ")) };
}

test("every call is recorded in its order, readable, with what it failed with", () => {
  const { calls } = play([
    "request pairs 0",
    "request get 0 none",
    "request replace 0 x-subset v2",
    "request add 0 a b",
    "request remove 0 a",
    "request setpairs 0 a=b&c=d",
    "request size 1",
    "request getprop a%b",
    "request getprop a%c",
    "request setprop k v",
    "request define 1 active",
    "request increment active -1",
    "request record active 7",
    "request metric active",
    "request setshared key value",
    "request getshared key",
    "request setshared key value last",
    "request level",
    "request time",
    "request foreign clear_route_cache",
    "request foreign none",
    "request call up :path=/p&:method=GET&:authority=a",
    "request period 50",
    "request effective 2",
    "request continue 0",
    "request close 0",
    "request buffer 7 0 4",
    "request reply 403 rbac_denied denied x=1",
  ]);
  assert.deepEqual(calls, [
    "get_header_map_pairs request",
    "get_header_map_value request none -> NotFound",
    "replace_header_map_value request x-subset=v2",
    "add_header_map_value request a=b",
    "remove_header_map_value request a",
    "set_header_map_pairs request a=b c=d",
    "get_header_map_size request_trailers -> BadArgument",
    "get_property a.b",
    "get_property a.c -> NotFound",
    "set_property k=v",
    "define_metric gauge active",
    "increment_metric active -1",
    "record_metric active 7",
    "get_metric active",
    "set_shared_data key=value",
    "get_shared_data key",
    "set_shared_data key=value cas=1",
    "get_log_level",
    "get_current_time_nanoseconds",
    "call_foreign_function clear_route_cache",
    "call_foreign_function none -> NotFound",
    "http_call up GET a /p",
    "set_tick_period_milliseconds 50",
    "set_effective_context 2",
    "continue_stream request",
    "close_stream request",
    "get_buffer_bytes plugin_configuration 0 4 -> NotFound",
    `send_local_response 403 rbac_denied "denied" x=1`,
  ]);
});

test("each context has its own calls, and the VM those of all", () => {
  const emulator = new Emulator();
  const vm = emulator.instantiate(probe, module);
  const root = vm.createRoot({ configuration: "request pairs 0" });
  const [first, second] = [root.stream(), root.stream()];
  first.requestHeaders();
  second.requestHeaders();
  const own = [first, second].map(({ calls }) => calls.filter((call) => call.startsWith("get_")));
  assert.deepEqual(own, [["get_header_map_pairs request"], ["get_header_map_pairs request"]]);
  assert.equal(vm.hostCalls.length, root.hostCalls.length + first.hostCalls.length + second.hostCalls.length);
  emulator.record = false;
  const third = root.stream();
  third.requestHeaders();
  assert.deepEqual(third.calls, []);
});

test("a host call can be made to fail, without effect, as often as wished", () => {
  const emulator = new Emulator();
  emulator.fail("proxy_replace_header_map_value", Status.BadArgument, { times: 1 });
  emulator.fail("proxy_get_property", Status.InternalFailure, { when: ({ args }) => args === "a.b" });
  const script = ["replace 0 x 1", "replace 0 y 1", "getprop a%b", "getprop a%b", "getprop request%path", "pairs 0"];
  const { calls, stream } = play(
    script.map((line) => `request ${line}`),
    emulator,
  );
  assert.deepEqual(calls, [
    "replace_header_map_value request x=1 -> BadArgument",
    "replace_header_map_value request y=1",
    "get_property a.b -> InternalFailure",
    "get_property a.b -> InternalFailure",
    "get_property request.path",
    "get_header_map_pairs request",
  ]);
  assert.equal(emulator.logs.at(-1)?.message, "pairs 0 => 0 :path=/ y=1");
  assert.equal(stream.routeClears, 1);
  emulator.clearFaults();
  assert.deepEqual(play(["request getprop a%b"], emulator).calls, ["get_property a.b"]);
});

test("malloc can be made to give nothing", () => {
  const emulator = new Emulator();
  const root = emulator
    .instantiate(probe, module)
    .createRoot({ configuration: "request pairs 0\nrequest get 0 empty" });
  emulator.fail("malloc");
  const stream = root.stream({ requestHeaders: { ":path": "/", empty: "" } });
  stream.requestHeaders();
  assert.deepEqual(
    stream.calls.filter((call) => call.startsWith("get_")),
    ["get_header_map_pairs request -> InvalidMemoryAccess", "get_header_map_value request empty"],
  );
});

test("effects of a request: headers, route, filter state, reset", () => {
  const { stream } = play(["request add 0 a 1", "request foreign clear_route_cache", "request setprop k v"]);
  assert.equal(stream.routeClears, 2);
  assert.equal(stream.routeCleared, true);
  assert.deepEqual([...stream.filterState], [["wasm.k", { value: "v", lifeSpan: "FilterChain" }]]);
  assert.equal(stream.reset, false);
  const closed = play(["request close 0"]).stream;
  assert.equal(closed.reset, true);
  assert.equal(closed.responseCodeDetails, "wasm_close_stream");
  assert.throws(() => closed.responseHeaders({}), /was reset/);
  const late = play(["responsebody reply 403 a b"]).stream;
  late.responseHeaders({ ":status": "200" }, false);
  late.responseBody("x");
  assert.equal(late.reset, true);
  assert.equal(late.localReply, undefined);
});

test("a local reply at the end of a stream, which crashes Envoy, is an error of the test", () => {
  const { stream } = play(["log reply 403 a b"]);
  assert.throws(() => stream.log(), /crashes Envoy/);
});

test("header values are bytes: Latin-1 as text, or an array; other text is refused", () => {
  const map = new HeaderMap("request", [
    ["A", "\xe9"],
    ["a", new Uint8Array([0xff, 0x00])],
  ]);
  assert.deepEqual(map.pairs, [
    ["a", "\xe9"],
    ["a", "\xff\0"],
  ]);
  assert.throws(() => new HeaderMap("request", { a: "€" }), /not Latin-1/);
});

test("random numbers and time are what the test says", () => {
  const [a, b] = [new Emulator({ seed: 7 }), new Emulator({ seed: 7 })];
  assert.deepEqual(a.random(16), b.random(16));
  assert.notDeepEqual(a.random(16), new Emulator({ seed: 8 }).random(16));
  a.clock.advance(1.5);
  assert.equal(a.clock.realtime - b.clock.realtime, 1_500_000n);
  play(["request time"], a);
  assert.equal(a.logs.at(-1)?.message, "time => 0 1767225600001500000");
});

test("lines below the log level are not kept, and modules are told the level", () => {
  const emulator = new Emulator({ logLevel: "warn" });
  play(["request log 2 no", "request log 3 yes", "request level"], emulator);
  assert.deepEqual(
    emulator.logs.map(({ level, message }) => `${level} ${message}`),
    ["warn yes"],
  );
});

test("nothing is left of 20,000 requests that are not recorded", () => {
  const emulator = new Emulator({ record: false, logLevel: "error" });
  const vm = emulator.instantiate(probe, module);
  const root = vm.createRoot();
  const headers = new HeaderMap("request", { ":path": "/" });
  for (let i = 0; i < 20_000; i++) {
    const stream = root.stream({ requestHeaders: headers });
    stream.requestHeaders();
    stream.end();
  }
  assert.equal(vm.contextCount, 1);
  assert.equal(vm.hostCalls.length, 0);
  assert.equal(root.hostCalls.length, 0);
  assert.equal(emulator.logs.length, 0);
});
