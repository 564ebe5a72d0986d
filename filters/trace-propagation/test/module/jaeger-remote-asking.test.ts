/**
 * `jaegerRemote`: how Jaeger is asked for strategies, and what becomes of that if it cannot be asked.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { configurationErrors } from "../../../../test/support/module/configuration-errors.ts";
import { TRACE_PROPAGATION } from "./compiled.ts";
import { JAEGER, PROBABILITY, REMOTE, RemoteScenario } from "./remote-scenario.ts";

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
  assert.equal(headers.get("user-agent"), "Signalbox-JaegerRemote/0.1.0");
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
