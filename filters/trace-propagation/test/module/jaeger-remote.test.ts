/**
 * `jaegerRemote`: how Jaeger is asked, what becomes of its answers, and what is sampled by them. What Jaeger answers is as its 1.76 writes it
 * (`GET /sampling?service=…`), and as jaeger-idl's `sampling.proto` has it in protobuf's JSON.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationErrors } from "../../../../test/support/module/configuration-errors.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { mostAboveRate } from "./rates.ts";
import { JAEGER, PROBABILITY, REMOTE, RemoteScenario } from "./remote-scenario.ts";
import { PLUGIN, traceparent } from "./scenario.ts";

const LIMIT = (maxTracesPerSecond: number): object => ({
  strategyType: 1,
  probabilisticSampling: null,
  rateLimitingSampling: { maxTracesPerSecond },
  operationSampling: null,
});
const operations = (each: Record<string, number>, fields: object = {}): object => ({
  strategyType: "PROBABILISTIC",
  operationSampling: {
    defaultSamplingProbability: 0,
    defaultLowerBoundTracesPerSecond: 0,
    perOperationStrategies: Object.entries(each).map(([operation, samplingRate]) => ({
      operation,
      probabilisticSampling: { samplingRate },
    })),
    defaultUpperBoundTracesPerSecond: 0,
    ...fields,
  },
});

test("Jaeger is asked at once by the service's name, and its sidecar does not record that", () => {
  const scenario = new RemoteScenario();
  assert.deepEqual([scenario.root.tickPeriod, scenario.calls.length], [1, 0]);
  scenario.pass(1, 1);
  const [{ call } = assert.fail()] = scenario.calls;
  assert.deepEqual([call.cluster, call.timeoutMilliseconds, call.body], [JAEGER, 2000, ""]);
  const headers = new Map(call.headers);
  assert.equal(headers.get(":method"), "GET");
  assert.equal(headers.get(":path"), "/sampling?service=reviews.default");
  assert.equal(headers.get(":authority"), "jaeger.observability.svc.cluster.local:5778");
  assert.match(headers.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  assert.match(headers.get("user-agent") ?? "", /^OTel-OTLP-Exporter-/);
});

test("serviceName and cluster say otherwise; a name is percent-encoded", () => {
  const scenario = new RemoteScenario({ cluster: "jaeger", authority: "jaeger:5778", serviceName: "a b/ü~1" });
  scenario.pass(1, 1);
  const [{ call } = assert.fail()] = scenario.calls;
  const headers = new Map(call.headers);
  assert.deepEqual(
    [call.cluster, headers.get(":authority"), headers.get(":path")],
    ["jaeger", "jaeger:5778", "/sampling?service=a%20b%2f%c3%bc~1"],
  );
});

test("before the first answer initialSamplingRate holds, of one trace in a thousand if none is written", () => {
  assert.equal(new RemoteScenario({ initialSamplingRate: 1 }).sampled(100), 100);
  assert.equal(new RemoteScenario({ initialSamplingRate: 0 }).sampled(100), 0);
  const usual = new RemoteScenario().sampled(20_000);
  assert.ok(usual > 0 && usual < 60, `${usual}`);
});

test("a probability, which tracestate says; then a limit; then another probability", () => {
  const scenario = new RemoteScenario({ initialSamplingRate: 0 });
  scenario.learn(PROBABILITY(0.5));
  const half = scenario.sampled(1000);
  assert.ok(half > 400 && half < 600, `${half}`);
  const thresholds = Array.from({ length: 50 }, () => scenario.begin().get("tracestate"));
  assert.deepEqual(new Set(thresholds), new Set(["ot=th:8", undefined]));
  scenario.pass(60_000);
  scenario.learn(LIMIT(3));
  assert.equal(scenario.sampled(100), 3);
  assert.equal(scenario.counter(`${PLUGIN}.default.granted`), 3);
  scenario.emulator.clock.advance(1000);
  const limited = Array.from({ length: 10 }, () => scenario.begin()).filter((s) =>
    s.get("traceparent")?.endsWith("-03"),
  );
  assert.deepEqual([limited.length, limited[0]?.get("tracestate")], [3, undefined]);
  scenario.pass(60_000);
  scenario.learn(LIMIT(0));
  assert.equal(scenario.sampled(10), 0);
  scenario.pass(60_000);
  scenario.learn({ probabilisticSampling: { samplingRate: 1 } });
  assert.equal(scenario.sampled(10), 10);
});

test("rules come first, and a request that comes with a decision keeps it", () => {
  const rules = [{ match: [{ uri: { prefix: "/cart" } }], randomSamplingPercentage: 0 }];
  const sampling = { jaegerRemote: REMOTE, rules };
  const scenario = new RemoteScenario({}, { more: { sampling } });
  scenario.learn(PROBABILITY(1));
  assert.equal(scenario.sampled(10), 10);
  assert.equal(scenario.sampled(10, scenario.root, { ":path": "/cart" }), 0);
  assert.equal(scenario.begin(scenario.root, { traceparent: traceparent() }).get("traceparent"), traceparent());
});

test("one worker of four asks in an interval, and all follow within a second and a half", () => {
  const scenario = new RemoteScenario({ pollingInterval: "10s" }, { workers: 4 });
  let asked = 0;
  for (const rate of [1, 0, 1, 0, 1]) {
    scenario.pass(rate === 1 && asked === 0 ? 1 : 8600, rate === 1 && asked === 0 ? 1 : 100);
    assert.equal(scenario.calls.length, 1, `asked ${asked}`);
    asked++;
    scenario.answer(PROBABILITY(rate));
    scenario.pass(1500);
    assert.equal(scenario.calls.length, 0);
    for (const root of scenario.workers) assert.equal(scenario.sampled(10, root), rate * 10);
  }
  assert.deepEqual(scenario.counts, { updated: 5, failed: 0 });
});

test("while one waits for the answer nobody else asks, at the shortest interval too", () => {
  const scenario = new RemoteScenario({ pollingInterval: "1s" }, { workers: 4 });
  for (let i = 0; i < 19; i++) {
    scenario.pass(100);
    assert.equal(scenario.calls.length, 1, `after ${i + 1} tenths of a second`);
  }
});

test("a worker whose root goes while it asks: another one asks after three seconds", () => {
  const scenario = new RemoteScenario({}, { workers: 2 });
  scenario.pass(1, 1);
  const [{ root } = assert.fail()] = scenario.calls;
  root.delete();
  scenario.workers.splice(scenario.workers.indexOf(root), 1);
  scenario.pass(2800);
  assert.equal(scenario.calls.length, 0);
  scenario.pass(1300);
  scenario.answer(PROBABILITY(1));
  assert.equal(scenario.sampled(10), 10);
});

test("a push goes on by the last answer, and asks no earlier", () => {
  const scenario = new RemoteScenario({ initialSamplingRate: 0 });
  scenario.learn(PROBABILITY(1));
  const before = scenario.root;
  scenario.workers.push(scenario.push(before));
  before.delete();
  assert.equal(before.deleted, true);
  assert.equal(before.tickPeriod, 0, "the timer of a root that goes is off");
  scenario.workers.shift();
  assert.equal(scenario.sampled(10), 10);
  scenario.pass(50_000);
  assert.equal(scenario.calls.length, 0);
  scenario.pass(10_000);
  assert.equal(scenario.calls.length, 1);
});

test("a push with a shorter interval asks by its own", () => {
  const scenario = new RemoteScenario({ pollingInterval: "1h" });
  scenario.learn(PROBABILITY(1));
  const configuration = { sampling: { jaegerRemote: { ...REMOTE, pollingInterval: "5s" } } };
  scenario.workers.splice(0, 1, scenario.push(scenario.root, configuration));
  scenario.pass(1, 1);
  assert.equal(scenario.calls.length, 1);
});

test("a push while the answer is on its way: it comes to nobody, and nothing traps", () => {
  const scenario = new RemoteScenario();
  scenario.pass(1, 1);
  const old = scenario.root;
  scenario.workers.push(scenario.push(old));
  scenario.answer(PROBABILITY(1));
  old.delete();
  assert.equal(old.tickPeriod, 0);
  assert.equal(old.vm.failed, undefined);
});

test("bad answers are refused and counted, say what is wrong, and leave what was in force", () => {
  const huge = `{"probabilisticSampling":{"samplingRate":1},"x":"${"x".repeat(300_000)}"}`;
  const entry = (fields: object): object => ({
    operationSampling: { defaultSamplingProbability: 1, perOperationStrategies: [fields] },
  });
  const answers: [body: unknown, problem: string][] = [
    ["", "no strategy"],
    ["null", "no strategy"],
    ["[]", "no strategy"],
    ["7", "no strategy"],
    ["{}", "no strategy"],
    [{ strategyType: 0 }, "no strategy"],
    [huge, "more than 256 KiB"],
    ["<html>", "not JSON: expected a value (byte 0)"],
    ['{"probabilisticSampling":{"samplingRate":0', "not JSON: expected a comma or the closing bracket (byte 42)"],
    ['{"probabilisticSampling":{"samplingRate":NaN}}', "not JSON: expected a value (byte 41)"],
    ['{"probabilisticSampling":{"samplingRate":1e999}}', "not JSON: the number is out of range (byte 41)"],
    [
      { probabilisticSampling: { samplingRate: "NaN" } },
      'probabilisticSampling.samplingRate: expected a number, got "NaN"',
    ],
    [PROBABILITY(-0.1), "probabilisticSampling.samplingRate: expected a number from 0 to 1, got -0.1"],
    [PROBABILITY(1.5), "probabilisticSampling.samplingRate: expected a number from 0 to 1, got 1.5"],
    [{ probabilisticSampling: 1 }, "probabilisticSampling: expected an object, got 1"],
    [{ rateLimitingSampling: [] }, "rateLimitingSampling: expected an object, got []"],
    [LIMIT(-1), "rateLimitingSampling.maxTracesPerSecond: expected a number from 0 to 1000000, got -1"],
    [LIMIT(1e9), "rateLimitingSampling.maxTracesPerSecond: expected a number from 0 to 1000000, got 1000000000"],
    [{ operationSampling: true, ...PROBABILITY(1) }, "operationSampling: expected an object, got true"],
    [
      operations({ GET: 2 }),
      "operationSampling.perOperationStrategies[0].probabilisticSampling.samplingRate: expected a number from 0 to 1, got 2",
    ],
    [
      operations({}, { defaultLowerBoundTracesPerSecond: -1 }),
      "operationSampling.defaultLowerBoundTracesPerSecond: expected a number from 0 to 1000000, got -1",
    ],
    [
      operations({}, { perOperationStrategies: {} }),
      "operationSampling.perOperationStrategies: expected a list, got {}",
    ],
    [
      entry({ operation: "" }),
      'operationSampling.perOperationStrategies[0].operation: expected a string that is not empty, got ""',
    ],
    [
      entry({}),
      "operationSampling.perOperationStrategies[0].operation: expected a string that is not empty, got nothing",
    ],
    [entry({ operation: 1 }), "operationSampling.perOperationStrategies[0].operation: expected a string, got 1"],
    ["[".repeat(100_000), "not JSON: values are nested more than 64 levels deep (byte 64)"],
  ];
  for (const [body, problem] of answers) {
    const scenario = new RemoteScenario({ initialSamplingRate: 0 });
    scenario.learn(LIMIT(7));
    scenario.pass(60_000);
    scenario.answer(body);
    assert.deepEqual(scenario.counts, { updated: 1, failed: 1 }, problem);
    assert.equal(
      scenario.lines("warn").at(-1),
      `trace-propagation: jaegerRemote: cluster "${JAEGER}" gives no strategies that are valid; sampling stays as it is; it answered 200: ${problem}`,
    );
    assert.equal(scenario.sampled(20), 7, problem);
    assert.equal(scenario.root.vm.failed, undefined);
    scenario.pass(1000);
    assert.equal(scenario.calls.length, 1, "asked again soon");
  }
});

test("Jaeger is away: each failure is counted and told, the last strategy stays, and the time between attempts grows", () => {
  const scenario = new RemoteScenario({ initialSamplingRate: 0 });
  scenario.learn(PROBABILITY(1));
  scenario.pass(60_000);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 8; attempt++) {
    const [{ root, call } = assert.fail()] = scenario.calls;
    root.failHttpCall(call.token);
    let waited = 0;
    for (; scenario.calls.length === 0; waited += 100) scenario.pass(100);
    waits.push(waited);
    assert.equal(scenario.sampled(5), 5);
  }
  for (const [i, wait] of waits.entries()) {
    const longest = Math.min(1000 * 2 ** i, 60_000);
    // Rounded up to the steps of the test.
    assert.ok(wait >= longest / 2 && wait <= longest + 200, `${waits.join(" ")}`);
  }
  assert.deepEqual(scenario.counts, { updated: 1, failed: 8 });
  assert.equal(
    scenario.lines("warn")[0],
    `trace-propagation: jaegerRemote: cluster "${JAEGER}" did not answer; sampling stays as it is`,
  );
  scenario.answer(PROBABILITY(0));
  assert.equal(scenario.sampled(10), 0);
  scenario.pass(59_000);
  assert.equal(scenario.calls.length, 0, "the interval holds again");
});

test("an absent cluster, no healthy host and a status that is no success are told, at most once a minute each", () => {
  const absent = new RemoteScenario();
  absent.emulator.clusters.clear();
  absent.pass(50_000);
  assert.equal(absent.lines("warn").length, 1);
  assert.match(
    absent.lines("warn")[0] ?? "",
    /^trace-propagation: jaegerRemote: cluster ".*" is unknown to Envoy; sampling stays as it is\. In Istio: is the service's port right/,
  );
  assert.ok(absent.counts.failed > 3);
  const unhealthy = new RemoteScenario();
  unhealthy.emulator.unhealthyClusters.add(JAEGER);
  unhealthy.pass(10, 1);
  assert.match(
    unhealthy.lines("warn")[0] ?? "",
    /" has no healthy host, or its circuit breaker is open; sampling stays/,
  );
  for (const status of [404, 500, 503, 302]) {
    const scenario = new RemoteScenario();
    scenario.pass(1, 1);
    scenario.answer("no such service", status);
    assert.match(
      scenario.lines("warn")[0] ?? "",
      new RegExp(
        `gives no strategies that are valid; sampling stays as it is; it answered ${status}: no such service$`,
      ),
    );
    assert.deepEqual(scenario.counts, { updated: 0, failed: 1 });
  }
});

test("new strategies are logged at info, the same ones not again", () => {
  const scenario = new RemoteScenario();
  scenario.learn(PROBABILITY(0.25));
  scenario.pass(60_000);
  scenario.learn(PROBABILITY(0.25));
  assert.deepEqual(
    scenario.lines("info").filter((line) => line.includes("jaegerRemote")),
    [
      `trace-propagation: jaegerRemote: new strategies from cluster "${JAEGER}": {"strategyType":0,"probabilisticSampling":{"samplingRate":0.25}}`,
    ],
  );
  assert.deepEqual(scenario.counts, { updated: 2, failed: 0 });
});

test("operations have probabilities of their own, by the names of spans; others the default", () => {
  const reporting = {
    opentelemetry: { service: "otel.observability.svc.cluster.local" },
    operations: [{ match: [{ uri: { prefix: "/reviews/" } }], name: "/reviews/{id}" }],
  };
  const scenario = new RemoteScenario({}, { more: { participate: true, reporting } });
  scenario.learn(
    operations(
      { GET: 0, POST: 1, "GET /reviews/{id}": 1, "shop.Cart/Add": 1, HTTP: 0 },
      { defaultSamplingProbability: 1 },
    ),
  );
  const of = (headers: Record<string, string>): boolean => scenario.sampled(5, scenario.root, headers) === 5;
  const none = (headers: Record<string, string>): boolean => scenario.sampled(5, scenario.root, headers) === 0;
  assert.ok(none({}));
  assert.ok(of({ ":method": "POST" }));
  assert.ok(of({ ":path": "/reviews/7?x=1" }));
  assert.ok(none({ ":method": "BREW" }), "a method that is not known is HTTP");
  assert.ok(of({ ":method": "PUT" }), "the default");
  scenario.pass(60_000);
  scenario.learn(operations({ "shop.Cart/Add": 1 }));
  assert.ok(of({ ":path": "/shop.Cart/Add", ":method": "POST", "content-type": "application/grpc+proto" }));
  assert.ok(none({ ":path": "/shop.Cart/Remove", ":method": "POST", "content-type": "application/grpc" }));
  assert.ok(none({ ":method": "POST" }), "named in an earlier answer only");
});

test("operationSampling counts before what stands beside it", () => {
  const scenario = new RemoteScenario();
  scenario.learn({ ...operations({ GET: 1 }), ...{ rateLimitingSampling: { maxTracesPerSecond: 0 } } });
  assert.equal(scenario.sampled(5), 5);
});

test("each operation is sampled so many times a second at least and at most, over W workers", () => {
  for (const count of [1, 2, 4, 8]) {
    const scenario = new RemoteScenario({ pollingInterval: "1h" }, { workers: count });
    const bounds = { defaultLowerBoundTracesPerSecond: 0.5, defaultUpperBoundTracesPerSecond: 4 };
    scenario.learn(operations({ GET: 1, POST: 0 }, bounds));
    const times: Record<string, number[]> = { GET: [], POST: [], PUT: [] };
    for (let i = 0; i < 3000; i++) {
      scenario.emulator.clock.advance(10);
      for (const [method, each] of Object.entries(times)) {
        const root = scenario.workers[i % count] as (typeof scenario.workers)[number];
        if (scenario.sampled(1, root, { ":method": method }) === 1) each.push(i * 10);
      }
    }
    // 30 s: at most 4 a second and 4 at once, and what the least lets through beside; at least one in two seconds.
    const [get, post, put] = [times.GET!, times.POST!, times.PUT!];
    assert.ok(mostAboveRate(get, 4.5) <= 4 + 1 + 2 * (count - 1) + 0.01, `${count} workers`);
    assert.ok(get.length >= 30 * 4, `${get.length}`);
    for (const each of [post, put]) assert.ok(each.length >= 15 && each.length <= 16 + count, `${each.length}`);
    assert.equal(scenario.counter(`${PLUGIN}.default.POST.lower_bound_granted`), post.length);
    assert.equal(scenario.counter(`${PLUGIN}.default.lower_bound_granted`), put.length, "of all that are not named");
  }
});

test("300 operations: the first 256 count, whatever comes later; memory is flat", () => {
  const scenario = new RemoteScenario({ pollingInterval: "1s" });
  const many = (from: number): object =>
    operations(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`op${from + i}/Do`, 1])), {
      defaultLowerBoundTracesPerSecond: 0.001,
    });
  scenario.learn(many(0));
  const at = (i: number): number =>
    scenario.sampled(3, scenario.root, { ":path": `/op${i}/Do`, "content-type": "application/grpc" });
  assert.deepEqual([at(0), at(255)], [3, 3]);
  // The rate of those that are not named is 0, but for the one of the least.
  assert.deepEqual([at(256), at(299)], [1, 0]);
  const metrics = scenario.emulator.metrics.counters.size;
  scenario.learn(many(1000));
  const { size } = scenario.root.vm.memory;
  for (let round = 0; round < 20; round++) scenario.learn(many(2000 + round * 300));
  assert.equal(scenario.root.vm.memory.size, size);
  assert.equal(scenario.emulator.metrics.counters.size, metrics);
  assert.equal(at(2000), 0);
});

test("an answer whose names are written with escapes, and a list of more than 4 KiB", () => {
  const scenario = new RemoteScenario();
  const padding = Array.from({ length: 60 }, (_, i) => `{"operation":"${"x".repeat(100)}${i}"}`).join(",");
  scenario.learn(
    `{"operationSampling":{"perOperationStrategies":[${padding},{"operation":"\\u0047ET","probabilisticSampling":{"samplingRate":1}}]}}`,
  );
  assert.equal(scenario.sampled(5), 5);
});

test("whatever stands in the shared data, nothing traps, and Jaeger is asked", () => {
  const contents = [
    "",
    "x",
    "\xff".repeat(19),
    "\xff".repeat(20),
    "\xff".repeat(8) + "\x01".repeat(12) + JSON.stringify(PROBABILITY(0)),
    "\x01".repeat(20) + "{",
  ];
  for (const content of contents) {
    const scenario = new RemoteScenario({ initialSamplingRate: 1 }, { workers: 2 });
    const { sharedData } = scenario.emulator;
    const keys = [...sharedData.keys("")].filter((key) => key.startsWith("trace-propagation.strategies."));
    assert.equal(keys.length, 1);
    for (let i = 0; i < 5; i++) {
      sharedData.set("", keys[0] as string, content, 0);
      scenario.pass(3100);
    }
    assert.ok(scenario.calls.length >= 1, JSON.stringify(content));
    for (const root of scenario.workers) assert.equal(root.vm.failed, undefined);
    scenario.begin();
  }
});

test("a host without a clock, a timer or shared data: the initial rate stays, and nothing traps", () => {
  for (const lacking of [
    "proxy_set_tick_period_milliseconds",
    "proxy_get_shared_data",
    "proxy_set_shared_data",
    "proxy_http_call",
  ]) {
    const scenario = new RemoteScenario({ initialSamplingRate: 1 });
    scenario.emulator.fail(lacking, 10);
    const root = scenario.worker();
    scenario.workers.push(root);
    scenario.pass(5000);
    assert.equal(scenario.sampled(5, root), 5, lacking);
    assert.equal(root.vm.failed, undefined, lacking);
  }
});

test("mistakes in the configuration", () => {
  const errors = (sampling: object): string[] => configurationErrors(TRACE_PROPAGATION, { sampling });
  const remote = (fields: object): string[] => errors({ jaegerRemote: fields });
  const where = "sampling.jaegerRemote";
  assert.deepEqual(remote({}), [`${where}.service: required, and missing`]);
  assert.deepEqual(remote({ service: "jaeger" }), [
    `${where}.service: expected a host as istiod names it, such as jaeger-collector.observability.svc.cluster.local, got "jaeger"`,
  ]);
  assert.deepEqual(remote({ ...REMOTE, pollingInterval: "0.5s", initialSamplingRate: 2, serviceName: "", port: 0 }), [
    `${where}.port: expected a whole number from 1 to 65535, got 0`,
    `${where}.pollingInterval: expected a duration from 1s to 1h, got "0.5s"`,
    `${where}.initialSamplingRate: expected a number from 0 to 1, got 2`,
    `${where}.serviceName: expected a string that is not empty, got ""`,
  ]);
  assert.deepEqual(errors({ randomSamplingPercentage: 1, jaegerRemote: REMOTE }), [
    `${where}: several samplers: write jaegerRemote or another one, and not both`,
  ]);
  const inRule = errors({ rules: [{ match: [{ uri: { prefix: "/" } }], jaegerRemote: REMOTE }] });
  assert.equal(inRule.length, 2);
});
