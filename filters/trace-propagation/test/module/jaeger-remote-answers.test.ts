/**
 * `jaegerRemote`: what becomes of Jaeger's answers, and what is sampled by them. They are as Jaeger 1.76 writes them (`GET /sampling?service=…`), and
 * as jaeger-idl's `sampling.proto` has them in protobuf's JSON.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { JAEGER, LIMIT, PROBABILITY, REMOTE, RemoteScenario, operations } from "./remote-scenario.ts";
import { PLUGIN, traceparent } from "./scenario.ts";

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
