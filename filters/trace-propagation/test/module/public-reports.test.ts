/** What people reported of broken traces, in the words of their reports, and that this filter does not do it: each test names the report. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ReportingScenario, onlySpan, received } from "./reporting-scenario.ts";
import { OTHER_SPAN, OTHER_TRACE, SPAN, Scenario, TRACE, traceparent } from "./scenario.ts";

const ALL = { sampling: { randomSamplingPercentage: 100 } };
const B3 = { "x-b3-traceid": TRACE, "x-b3-spanid": SPAN, "x-b3-sampled": "1" };

test("E1 (istio#10201), E5 (istio#22293): a call with the x-request-id of the request that causes it is in its trace", () => {
  const scenario = new Scenario({ join: {} });
  scenario.inbound({ traceparent: traceparent(), "x-request-id": "1d2a86a9-2a7b-4c9f-8a51-3f0c7e5b9d21" });
  const call = scenario.outbound({ "x-request-id": "1d2a86a9-2a7b-4c9f-8a51-3f0c7e5b9d21" });
  assert.equal(call.trace, TRACE);
  assert.equal(scenario.counter("joined"), 1n);
});

test("E6 (istio#10266): headers of a response say nothing, and stay as they are: the host is asked for none of them", () => {
  const scenario = new Scenario({});
  const sent = scenario.inbound({ traceparent: traceparent() });
  const answer = { ":status": "200", traceparent: traceparent(OTHER_TRACE, OTHER_SPAN), "x-request-id": "other" };
  const calls = scenario.during(() => {
    assert.deepEqual(sent.stream.responseHeaders(answer).headers, Object.entries(answer));
    sent.end();
  });
  assert.deepEqual(calls, []);
});

test("E7 (istio#7730), E8 (istio#11696): an empty x-b3-parentspanid spoils nothing, and goes; two hops are one trace", () => {
  const scenario = new Scenario({ extract: ["b3"], inject: ["b3"], participate: true });
  const first = scenario.inbound({ ...B3, "x-b3-parentspanid": "" });
  assert.deepEqual([first.get("x-b3-traceid"), first.get("x-b3-parentspanid") || undefined], [TRACE, undefined]);
  const spans = { "x-b3-traceid": TRACE, "x-b3-spanid": first.get("x-b3-spanid")!, "x-b3-sampled": "1" };
  const second = scenario.inbound({ ...spans, "x-b3-parentspanid": "" });
  assert.equal(second.get("x-b3-traceid"), TRACE);
  assert.deepEqual([scenario.counter("restarted.invalid"), scenario.counter("extracted")], [0n, 2n]);
});

test("E9 (istio#7963): an x-request-id that is no UUID is a key as any, and decides nothing", () => {
  const scenario = new Scenario({ join: {}, ...ALL });
  const request = scenario.inbound({ "x-request-id": "27290d28d5c38da315a78399d71fc20b" });
  assert.equal(request.get("traceparent")?.slice(-2), "03");
  assert.equal(scenario.outbound({ "x-request-id": "27290d28d5c38da315a78399d71fc20b" }).trace, request.trace);
});

test("E10 (envoy#13774): the digit of a UUID that Envoy writes its decision into does not count", () => {
  const scenario = new Scenario({ join: {} });
  scenario.inbound({ traceparent: traceparent(), "x-request-id": "1d2a86a9-2a7b-4ced-8a51-3f0c7e5b9d21" });
  assert.equal(scenario.outbound({ "x-request-id": "1d2a86a9-2a7b-9ced-8a51-3f0c7e5b9d21" }).trace, TRACE);
  assert.equal(scenario.counter("joined"), 1n);
});

test("E11 (istio#49557), E42 (envoy#1364): B3 alone is a context, and an application that reads W3C gets the same trace", () => {
  const sent = new Scenario({ extract: ["b3"], inject: ["w3c", "b3"] }).inbound(B3);
  assert.equal(sent.get("traceparent"), traceparent());
  assert.deepEqual([sent.get("x-b3-traceid"), sent.get("x-b3-spanid")], [TRACE, SPAN]);
});

test("E12 (istio#23960), E13 (istio/api#3566): an agent and a proxy of two formats: one of them counts, both then say the same, and it is counted", () => {
  const scenario = new Scenario({ extract: ["w3c", "b3", "jaeger"], inject: ["w3c", "b3"] });
  const jaeger = `${OTHER_TRACE}:${OTHER_SPAN}:0:1`;
  const sent = scenario.inbound({
    traceparent: traceparent(),
    ...B3,
    "x-b3-traceid": OTHER_TRACE,
    "uber-trace-id": jaeger,
  });
  assert.deepEqual([sent.trace, sent.get("x-b3-traceid"), sent.get("x-b3-spanid")], [TRACE, TRACE, sent.span]);
  assert.equal(scenario.counter("conflicts"), 1n);
  const alone = new Scenario({ extract: ["w3c", "b3", "jaeger"] }).inbound({ "uber-trace-id": jaeger });
  assert.equal(alone.trace, OTHER_TRACE);
});

test("E14 (istio#12019): a context without a decision gets one here; x-b3-sampled: 0 stays as it is", () => {
  const scenario = new Scenario({ extract: ["b3"], inject: ["b3"], ...ALL });
  const undecided = { "x-b3-traceid": TRACE, "x-b3-spanid": SPAN };
  assert.equal(scenario.inbound(undecided).get("x-b3-sampled"), "1");
  assert.equal(scenario.inbound({ ...undecided, "x-b3-sampled": "0" }).get("x-b3-sampled"), "0");
});

test("E16 (istio#36750): 0 is 0, and not what is the default", () => {
  const scenario = new Scenario({ sampling: { randomSamplingPercentage: 0 } });
  for (let i = 0; i < 10_000; i++) {
    const flags = scenario.inbound({}).end().get("traceparent")?.slice(-2);
    if (flags !== "02") assert.equal(flags, "02");
  }
});

test("E23 (istio#27104): a gRPC call is joined as any, and named by its method", () => {
  const scenario = new ReportingScenario({}, { join: {} });
  const served = scenario.begin({ headers: { traceparent: traceparent(), "x-request-id": "9f4c" } });
  const headers = {
    "x-request-id": "9f4c",
    "content-type": "application/grpc",
    ":path": "/shop.Cart/Get",
    ":method": "POST",
  };
  scenario.exchange({ direction: "outbound", headers });
  const call = onlySpan(scenario.flush());
  assert.deepEqual(
    [call.name, call.kind, call.traceId, call.parentSpanId],
    ["shop.Cart/Get", "CLIENT", TRACE, served.span],
  );
});

test("E26 (jaeger#3084): an id of 64 bits is the same trace in both formats, and is not filled up with anything", () => {
  const short = TRACE.slice(16);
  const scenario = new Scenario({ extract: ["b3"], inject: ["w3c", "b3"] });
  const sent = scenario.inbound({ ...B3, "x-b3-traceid": short });
  assert.equal(sent.trace, `0000000000000000${short}`);
  assert.equal(sent.get("x-b3-traceid")?.padStart(32, "0"), sent.trace);
});

test("E29 (kgateway#4666): three hops have three ids, none of which is another's", () => {
  const scenario = new Scenario({ participate: true });
  const ids = new Set([SPAN]);
  let parent = traceparent();
  for (let hop = 0; hop < 3; hop++) {
    parent = scenario.inbound({ traceparent: parent }).get("traceparent")!;
    assert.equal(parent.slice(3, 35), TRACE);
    ids.add(parent.slice(36, 52));
  }
  assert.equal(ids.size, 4);
});

test("E30 (kyma#989): two requests without a context are two traces, on one connection and on two workers", () => {
  const scenario = new Scenario({ participate: true });
  const other = scenario.worker({ participate: true });
  const traces = [scenario.root, scenario.root, other, other].map((root) => scenario.inbound({}, root).trace);
  assert.equal(new Set(traces).size, 4);
});

test("E31 (dapr#7574): a trace that is not sampled is a trace: it goes on, and is not begun anew", () => {
  for (const participate of [false, true]) {
    const sent = new Scenario({ participate, ...ALL }).inbound({ traceparent: traceparent(TRACE, SPAN, "00") });
    assert.deepEqual([sent.trace, sent.get("traceparent")?.slice(-2)], [TRACE, "00"]);
  }
});

test("E33 (envoy#2746): health checks fill no store: by a rule of sampling, or one of reporting", () => {
  const probes = { headers: { "user-agent": { prefix: "kube-probe/" } } };
  const rule = { match: [probes], randomSamplingPercentage: 0 };
  const sampling = { sampling: { randomSamplingPercentage: 100, rules: [rule] } };
  const scenarios = [
    new ReportingScenario({}, sampling),
    new ReportingScenario({ rules: [{ match: [probes], disableSpanReporting: true }] }, ALL),
  ];
  for (const scenario of scenarios) {
    scenario.exchange({ headers: { "user-agent": "kube-probe/1.30" } });
    assert.equal(scenario.counter("spans.recorded"), 0);
    scenario.exchange({ headers: { "user-agent": "curl/8" } });
    assert.equal(received(scenario.flush()).spans.length, 1);
  }
});

test("E41 (emissary#1344): B3 headers that were appended to are no context, and none goes on with a comma", () => {
  for (const doubled of [
    { ...B3, "x-b3-sampled": "1,1" },
    { ...B3, "x-b3-traceid": [TRACE, TRACE] },
    { ...B3, "x-b3-spanid": `${SPAN},${SPAN}` },
  ]) {
    const scenario = new Scenario({ extract: ["b3"], inject: ["b3"] });
    const sent = scenario.inbound(doubled);
    for (const name of ["x-b3-traceid", "x-b3-spanid", "x-b3-sampled"]) assert.doesNotMatch(sent.get(name) ?? "", /,/);
    assert.equal(scenario.counter("restarted.invalid"), 1n);
    assert.notEqual(sent.get("x-b3-traceid"), TRACE);
  }
});

test("E4 (istio#22968): Zipkin's times are whole microseconds, however large", () => {
  const scenario = new ReportingScenario({ zipkin: { service: "otel.observability.svc.cluster.local", port: 4318 } });
  // 2³³ seconds after 1970.
  scenario.emulator.clock.realtime = 8_589_934_592_000_000_000n;
  scenario.exchange({ headers: { traceparent: traceparent() }, milliseconds: 1 });
  assert.match(scenario.flush().body, /"timestamp":8589934592000000,"duration":1000,/);
});
