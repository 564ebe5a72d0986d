/** `keep`: the spans of hops that were not sampled and went wrong, were slow, or are of requests that a policy names. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportingScenario, onlySpan, received, type Exchange } from "./reporting-scenario.ts";
import { PLUGIN, SPAN, TRACE, traceparent, type Direction } from "./scenario.ts";
import type { ReceivedSpan } from "./otlp.ts";

const ERRORS = { name: "errors", statusCode: { statusCodes: ["ERROR"] } };
const UNSAMPLED = { traceparent: traceparent(undefined, undefined, "00") };

const answered = (code: bigint, flags = 0n): Exchange["ends"] => ({
  response: { ...(code === 0n ? {} : { code }), flags, code_details: "via_upstream" },
});

function keeping(...keep: object[]): ReportingScenario {
  return new ReportingScenario({}, { keep, sampling: { randomSamplingPercentage: 0 }, extract: ["w3c", "b3"] });
}

/** Why each span was kept, and by which policy. */
function kept(scenario: ReportingScenario): unknown[] {
  if (scenario.root.tickPeriod === 0) return [];
  const { spans } = received(scenario.flush());
  return spans.map(({ attributes }) => [attributes["signalbox.kept"], attributes["signalbox.kept.policy"]]);
}

test("E38 (istio#45075): an error at the third of four hops, unsampled: the hops up to it report, each with the right parent", () => {
  /** The spans of one proxy, whose requests end so. */
  const hop = (direction: Direction, came: string, code: bigint): [string, ReceivedSpan | undefined] => {
    const scenario = keeping(ERRORS);
    const sent = scenario.exchange({ direction, headers: { traceparent: came }, ends: answered(code) });
    const span = scenario.root.tickPeriod === 0 ? undefined : onlySpan(scenario.flush());
    return [sent.get("traceparent") ?? "", span];
  };
  const first = hop("inbound", UNSAMPLED.traceparent, 502n);
  const second = hop("outbound", first[0], 502n);
  const third = hop("inbound", second[0], 500n);
  const fourth = hop("outbound", third[0], 200n);
  const spans = [first, second, third].map(([, span]) => span);
  const parents = [SPAN, ...spans.map((span) => span?.spanId)];
  assert.deepEqual(
    spans.map((span) => [span?.traceId, span?.parentSpanId, span?.isError, span?.attributes["signalbox.kept"]]),
    spans.map((_, i) => [TRACE, parents[i], true, "error"]),
  );
  assert.equal(fourth[1], undefined, "what went well is not reported");
  for (const [sent] of [first, second, third, fourth]) assert.match(sent, /-00$/, "nobody after it is told to record");
});

test("a kept span says that its trace is not sampled, and has no threshold: nobody may count by it", () => {
  const scenario = keeping(ERRORS);
  scenario.exchange({ headers: { ...UNSAMPLED, tracestate: "ot=th:8" }, ends: answered(503n) });
  const { flags, traceState } = onlySpan(scenario.flush());
  assert.equal(flags & 0xff, 0);
  assert.ok(!traceState.includes("th:"), traceState);
});

test("E15 (istio#34027): an application's own X-B3-Sampled: 0 is respected, and an error behind it is reported all the same", () => {
  const scenario = keeping(ERRORS);
  const headers = { "x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "0" };
  scenario.exchange({ headers, ends: answered(200n) });
  assert.deepEqual(scenario.counts, {});
  const sent = scenario.exchange({ headers, ends: answered(500n) });
  assert.match(sent.get("traceparent") ?? "", new RegExp(`^00-${TRACE}-.*-00$`));
  assert.deepEqual(kept(scenario), [["error", "errors"]]);
  assert.equal(scenario.counts["spans.kept.error"], 1);
});

test("what is an error is what the span's status says: a server's from 500 on, a client's from 400 on, and gRPC's", () => {
  const grpc = { ...UNSAMPLED, "content-type": "application/grpc" };
  const status = (grpc_status: bigint): Exchange["ends"] => ({ response: { code: 200n, flags: 0n, grpc_status } });
  const details = (code: bigint | undefined, flags: bigint, code_details: string): Exchange["ends"] => ({
    response: { ...(code === undefined ? {} : { code }), flags, code_details },
  });
  const scenario = keeping(ERRORS);
  for (const [direction, headers, ends, expected] of [
    ["inbound", UNSAMPLED, answered(200n), 0],
    ["inbound", UNSAMPLED, answered(404n), 0],
    ["outbound", UNSAMPLED, answered(399n), 0],
    ["outbound", UNSAMPLED, answered(404n), 1],
    ["inbound", UNSAMPLED, answered(500n), 1],
    ["inbound", UNSAMPLED, answered(0n, 0x4000n), 0],
    ["inbound", UNSAMPLED, details(200n, 0x40n, "upstream_reset_after_response_started{connection_termination}"), 1],
    ["inbound", UNSAMPLED, details(undefined, 0x4n, "stream_idle_timeout"), 1],
    ["inbound", UNSAMPLED, details(undefined, 0n, "internal_redirect"), 1],
    ["inbound", grpc, status(13n), 1],
    ["inbound", grpc, status(5n), 0],
    ["outbound", grpc, status(5n), 1],
    ["inbound", grpc, status(0n), 0],
  ] as const) {
    const before = scenario.counts["spans.kept.error"] ?? 0;
    scenario.exchange({ direction, headers, ends });
    assert.equal(
      (scenario.counts["spans.kept.error"] ?? 0) - before,
      expected,
      `${direction} ${JSON.stringify(ends?.["response"], (_, v: unknown) => String(v))}`,
    );
    scenario.emulator.clock.advance(1000);
  }
});

test("slow ones, between the thresholds", () => {
  const latency = { thresholdMs: 1000, upperThresholdMs: 5000 };
  const scenario = keeping({ latency });
  for (const milliseconds of [999, 1000, 5000, 5001]) scenario.exchange({ headers: UNSAMPLED, milliseconds });
  assert.deepEqual(kept(scenario), [
    ["slow", "0"],
    ["slow", "0"],
  ]);
  assert.equal(scenario.counts["spans.kept.slow"], 2);
  const open = keeping({ latency: { thresholdMs: 1 } });
  open.exchange({ headers: UNSAMPLED, milliseconds: 86_400_000 });
  assert.equal(open.counts["spans.kept.slow"], 1);
});

test("by match alone, and all that a policy asks for together; the first that holds keeps a request", () => {
  const checkout = [{ uri: { prefix: "/checkout" } }];
  const scenario = keeping(
    { ...ERRORS, latency: { thresholdMs: 100 } },
    { name: "checkout", match: checkout },
    { name: "errors-too", statusCode: ERRORS.statusCode, match: [{ uri: { prefix: "/cart" } }] },
  );
  const exchange = (path: string, code: bigint, milliseconds = 0): void => {
    scenario.exchange({ headers: { ...UNSAMPLED, ":path": path }, ends: answered(code), milliseconds });
  };
  exchange("/checkout/7", 200n);
  exchange("/checkout/7", 500n, 100);
  exchange("/cart", 500n, 99);
  exchange("/cart", 200n, 100);
  exchange("/other", 500n, 99);
  assert.deepEqual(kept(scenario), [
    ["match", "checkout"],
    ["error", "errors"],
    ["error", "errors-too"],
  ]);
  assert.equal(scenario.counts["spans.kept.match"], 1);
});

test("each policy has a limit, which all workers share; what it refuses another may keep, and else is counted", () => {
  const scenario = keeping({ ...ERRORS, rateLimiting: { maxTracesPerSecond: 3 } });
  const error: Exchange = { headers: UNSAMPLED, ends: answered(500n) };
  for (let i = 0; i < 10; i++) scenario.exchange(error);
  assert.deepEqual([scenario.counts["spans.kept.error"], scenario.counts["spans.kept_limited"]], [3, 7]);
  assert.equal(scenario.counter(`keep.${PLUGIN}.errors.granted`), 3);
  scenario.emulator.clock.advance(1000);
  for (let i = 0; i < 10; i++) scenario.exchange(error);
  assert.equal(scenario.counts["spans.kept.error"], 6);
  const usual = keeping(ERRORS);
  for (let i = 0; i < 20; i++) usual.exchange(error);
  assert.equal(usual.counts["spans.kept.error"], 10, "10 a second if nothing is written");
  const both = keeping({ ...ERRORS, rateLimiting: { maxTracesPerSecond: 1 } }, { name: "all", match: [{}] });
  for (let i = 0; i < 2; i++) both.exchange(error);
  assert.deepEqual(kept(both), [
    ["error", "errors"],
    ["match", "all"],
  ]);
  assert.equal(both.counts["spans.kept_limited"], undefined);
});

test("a sampled trace is not the business of keep", () => {
  const scenario = keeping(ERRORS);
  scenario.exchange({ headers: { traceparent: traceparent() }, ends: answered(500n) });
  assert.ok(!("signalbox.kept" in onlySpan(scenario.flush()).attributes));
  assert.equal(scenario.counts["spans.kept.error"], undefined);
});

test("a request that no policy can keep costs nothing; one that is not kept in the end costs a clock and what became of it", () => {
  const policy = { ...ERRORS, match: [{ uri: { prefix: "/checkout" } }] };
  const calls = (path: string, other = keeping(policy), ends: Exchange["ends"] = {}, more = {}): string[] => {
    const exchange = { headers: { ...UNSAMPLED, ":path": path, ...more }, ends };
    other.exchange(exchange);
    other.exchange(exchange);
    other.vm.hostCalls.length = 0;
    other.exchange(exchange);
    return other.vm.calls.filter((call) => !/header_map|increment_metric/.test(call));
  };
  const clock = "clock_time_get 1";
  const [code, flags] = ["get_property response.code", "get_property response.flags"];
  assert.deepEqual(calls("/cart"), []);
  assert.deepEqual(calls("/checkout"), [clock, code, flags]);
  // Of one that was not slow nobody asks how it ended.
  assert.deepEqual(calls("/cart", keeping({ ...ERRORS, latency: { thresholdMs: 5 } })), [clock, clock]);
  // Nothing is asked twice.
  const three = keeping(ERRORS, { ...policy, name: "more" }, { name: "slow", latency: { thresholdMs: 5 } });
  assert.deepEqual(calls("/checkout", three), [clock, code, flags, clock]);
  // Whether a 404 is an error depends on the direction, and so does a status of gRPC that is not 0.
  const direction = "get_property xds.listener_direction";
  assert.deepEqual(calls("/checkout", undefined, answered(404n)), [clock, code, flags, direction]);
  const grpc = { "content-type": "application/grpc" };
  const status = "get_property response.grpc_status";
  const ended = (grpc_status: bigint): Exchange["ends"] => ({ response: { code: 200n, flags: 0n, grpc_status } });
  assert.deepEqual(calls("/checkout", undefined, ended(0n), grpc), [clock, code, status, flags]);
  assert.deepEqual(calls("/checkout", undefined, ended(5n), grpc), [clock, code, status, flags, direction]);
});

test("if a mode leaves one direction out, a request is asked for its own at once, and one of the other for no more", () => {
  const scenario = new ReportingScenario({ match: { mode: "SERVER" } }, { keep: [ERRORS] });
  const calls = (direction: Direction): string[] => {
    scenario.vm.hostCalls.length = 0;
    scenario.exchange({ direction, headers: UNSAMPLED });
    return scenario.vm.calls.filter((call) => !/header_map|increment_metric|upstream/.test(call));
  };
  calls("inbound");
  const direction = "get_property xds.listener_direction";
  assert.deepEqual(calls("outbound"), [direction]);
  const ends = ["get_property response.code", "get_property response.flags"];
  assert.deepEqual(calls("inbound"), [direction, "clock_time_get 1", ...ends]);
});

test("rules without reports hold for what is kept", () => {
  const rules = [{ match: [{ uri: { prefix: "/" } }], disableSpanReporting: true }];
  const scenario = new ReportingScenario({ rules }, { keep: [ERRORS] });
  scenario.exchange({ headers: UNSAMPLED, ends: answered(500n) });
  assert.deepEqual(scenario.counts, {});
});

test("a gateway keeps both its spans", () => {
  const node = { id: "router~10.1.2.3~gateway-1.istio-system~x", cluster: "gateway.istio-system", metadata: {} };
  const scenario = new ReportingScenario({}, { keep: [ERRORS] }, {}, node);
  const sent = scenario.exchange({ headers: UNSAMPLED, ends: answered(503n) });
  const [server, client] = received(scenario.flush()).spans;
  assert.deepEqual([server?.kind, client?.kind], ["SERVER", "CLIENT"]);
  assert.deepEqual([client?.parentSpanId, sent.span], [server?.spanId, client?.spanId]);
  assert.deepEqual([server?.attributes["signalbox.kept"], client?.attributes["signalbox.kept"]], ["error", "error"]);
});
