/** How spans get to the collector, and what becomes of those that do not: each is sent, or counted as dropped with its cause. */
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Pair } from "../../../../emulator/index.ts";
import { partialSuccess } from "./otlp.ts";
import { COLLECTOR, ReportingScenario, received } from "./reporting-scenario.ts";
import { traceparent } from "./scenario.ts";

const SAMPLED = { traceparent: traceparent() };

/** Requests that are recorded, one after the other. */
function record(scenario: ReportingScenario, count = 1): void {
  for (let i = 0; i < count; i++) scenario.exchange({ headers: SAMPLED });
}

const header = (headers: readonly Pair[], name: string): string | undefined =>
  headers.find(([one]) => one === name)?.[1];

test("E35 (istio#35750): a batch is a POST to host and port, which the collector's own sidecar does not record", () => {
  const scenario = new ReportingScenario({});
  record(scenario, 3);
  assert.deepEqual([scenario.root.tickPeriod, scenario.calls.length], [1000, 0]);
  const call = scenario.flush();
  assert.deepEqual([call.cluster, call.timeoutMilliseconds, received(call).spans.length], [COLLECTOR, 10000, 3]);
  const { headers } = call;
  assert.equal(header(headers, ":method"), "POST");
  assert.equal(header(headers, ":path"), "/v1/traces");
  assert.equal(header(headers, ":authority"), "otel.observability.svc.cluster.local:4318");
  assert.equal(header(headers, "content-type"), "application/x-protobuf");
  assert.match(header(headers, "user-agent") ?? "", /^OTel-OTLP-Exporter-Signalbox\/0\.1\.0$/);
  assert.match(header(headers, "traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/);
  assert.equal(header(headers, "b3"), "0");
  scenario.answer(200);
  assert.deepEqual(scenario.counts, { "spans.recorded": 3, "spans.sent": 3, "exports.sent": 1 });
  // Nothing waits, so the timer is off.
  assert.deepEqual([scenario.root.tickPeriod, scenario.calls.length], [0, 0]);
});

test("a full batch goes at once, one request at a time, and what came meanwhile goes after the answer", () => {
  const scenario = new ReportingScenario({ batch: { maxExportBatchSize: 2 } });
  record(scenario, 2);
  assert.equal(scenario.calls.length, 1);
  record(scenario, 3);
  assert.equal(scenario.calls.length, 1);
  scenario.answer(200, [], new Uint8Array([0x0a, 0x00]));
  assert.deepEqual(
    scenario.calls.map((call) => received(call).spans.length),
    [2],
  );
  scenario.answer(200);
  assert.equal(received(scenario.flush()).spans.length, 1);
  scenario.answer(200);
  assert.deepEqual(scenario.counts, { "spans.recorded": 5, "spans.sent": 5, "exports.sent": 3 });
});

test("E43 (envoy#39609): what waits is bounded in count, and what is too much is counted", () => {
  const scenario = new ReportingScenario({ batch: { maxQueueSize: 4, maxExportBatchSize: 2 } });
  record(scenario, 10);
  assert.deepEqual(scenario.counts, { "spans.recorded": 10, "spans.dropped.queue_full": 6 });
  scenario.answer(200);
  scenario.answer(200);
  assert.deepEqual(scenario.counts, {
    "spans.recorded": 10,
    "spans.sent": 4,
    "spans.dropped.queue_full": 6,
    "exports.sent": 2,
  });
});

test("and in bytes: memory is flat however long the collector is away, and recorded = sent + dropped", () => {
  const scenario = new ReportingScenario({ batch: { maxQueueSize: 65536, maxExportBatchSize: 65536 } });
  scenario.emulator.unhealthyClusters.add(COLLECTOR);
  record(scenario, 4000);
  const { size } = scenario.vm.memory;
  record(scenario, 4000);
  assert.equal(scenario.vm.memory.size, size);
  const waiting = 8000 - scenario.counter("spans.dropped.queue_full");
  // A mebibyte, of spans of some 400 bytes.
  assert.ok(waiting > 1500 && waiting < 4000, `${waiting}`);
  scenario.emulator.unhealthyClusters.clear();
  for (let batches = 0; batches < 8; batches++) {
    if (scenario.calls.length === 0) scenario.later();
    scenario.answer(200);
  }
  assert.equal(scenario.counter("spans.sent"), waiting);
  assert.deepEqual([scenario.calls.length, scenario.root.tickPeriod], [0, 0]);
});

test("429, 502, 503 and 504 are sent again, the same bytes; all else that is no success never", () => {
  for (const status of [429, 502, 503, 504]) {
    const scenario = new ReportingScenario({});
    record(scenario);
    const { body } = scenario.flush();
    scenario.answer(status);
    assert.deepEqual(scenario.counts, { "spans.recorded": 1, "exports.retried": 1 }, String(status));
    assert.equal(scenario.flush().body, body);
    scenario.answer(200);
    assert.equal(scenario.counter("spans.sent"), 1);
  }
  for (const status of [400, 401, 404, 408, 413, 500, 501, 301, 100]) {
    const scenario = new ReportingScenario({});
    record(scenario);
    scenario.flush();
    scenario.answer(status, [], "no");
    const counts = { "spans.recorded": 1, "spans.dropped.rejected": 1, "exports.failed": 1 };
    assert.deepEqual(scenario.counts, counts, String(status));
    assert.deepEqual([scenario.root.tickPeriod, scenario.calls.length], [0, 0]);
    assert.match(
      scenario.warnings.at(-1) ?? "",
      new RegExp(`refuses spans, which are dropped; it answered ${status}: no$`),
    );
  }
});

test("a partial success is not sent again, and its words are told", () => {
  const scenario = new ReportingScenario({});
  record(scenario, 3);
  scenario.flush();
  scenario.answer(200, [], partialSuccess(2, "too old"));
  const counts = { "spans.recorded": 3, "spans.sent": 1, "spans.dropped.rejected": 2, "exports.sent": 1 };
  assert.deepEqual(scenario.counts, counts);
  assert.match(scenario.warnings.at(-1) ?? "", /took a batch but for some of its spans, which are dropped: too old$/);
});

test("an answer that is nonsense harms nothing", () => {
  for (const body of [
    "\x0a\xff\xff\xff\xff\x0f",
    "\x0a\x02\x08",
    "\x0a\x0b\x08" + "\xff".repeat(10),
    "<html>",
    "\x12\x7f",
  ]) {
    for (const status of [200, 400, 503]) {
      const scenario = new ReportingScenario({});
      record(scenario, 2);
      scenario.flush();
      scenario.answer(status, [["retry-after", "soon"]], body);
      if (scenario.root.tickPeriod > 0) {
        scenario.flush();
        scenario.answer(200);
      }
      const { "spans.sent": sent = 0, "spans.dropped.rejected": rejected = 0 } = scenario.counts;
      assert.equal(sent + rejected, 2);
      assert.equal(scenario.vm.failed, undefined);
    }
  }
});

test("E25 (istio#53012): Retry-After is waited for, in seconds or until a date, and the log has one line", () => {
  const scenario = new ReportingScenario({});
  record(scenario);
  scenario.flush();
  scenario.answer(503, [["retry-after", "7"]]);
  assert.equal(scenario.root.tickPeriod, 7000);
  scenario.flush();
  // 2026-01-01T00:00:00Z and the 8 s that went by: 22 s to this date.
  assert.equal(scenario.emulator.clock.realtime, 1_767_225_608_000_000_000n);
  scenario.answer(429, [["retry-after", "Thu, 01 Jan 2026 00:00:30 GMT"]]);
  assert.equal(scenario.root.tickPeriod, 22000);
  scenario.flush();
  scenario.answer(503, [["retry-after", "999999999999"]]);
  assert.equal(scenario.root.tickPeriod, 300_000);
  assert.equal(scenario.warnings.length, 1);
  assert.match(scenario.warnings[0] ?? "", /cannot take spans now, which are sent again later; it answered 503$/);
});

test("with it nothing is drawn by chance: the next span has the id that it has if all goes well", () => {
  const idAfter = (status: number, headers: Pair[] = []): string | undefined => {
    // Each emulator has the same seed.
    const scenario = new ReportingScenario({});
    record(scenario);
    scenario.flush();
    scenario.answer(status, headers);
    return scenario.exchange({ headers: SAMPLED }).span;
  };
  assert.equal(idAfter(503, [["retry-after", "7"]]), idAfter(200));
  assert.notEqual(idAfter(503), idAfter(200));
});

test("without it each wait is twice as long as the one before, up to 30 s, with jitter, and the tenth attempt is the last", () => {
  const scenario = new ReportingScenario({});
  record(scenario);
  scenario.flush();
  const waits: number[] = [];
  for (let attempt = 1; attempt < 10; attempt++) {
    if (attempt % 2 === 0) scenario.root.failHttpCall(scenario.calls[0]?.token ?? 0);
    else scenario.answer(502);
    waits.push(scenario.root.tickPeriod);
    scenario.flush();
  }
  for (const [i, wait] of waits.entries()) {
    const longest = Math.min(1000 * 2 ** i, 30_000);
    assert.ok(wait >= longest / 2 && wait <= longest, `${waits.join(" ")}`);
  }
  scenario.answer(503);
  const counts = { "spans.recorded": 1, "spans.dropped.gave_up": 1, "exports.retried": 9, "exports.failed": 1 };
  assert.deepEqual(scenario.counts, counts);
  record(scenario);
  scenario.flush();
  scenario.answer(200);
  assert.equal(scenario.counter("spans.sent"), 1);
});

test("E20 (istio#53701): a cluster that Envoy does not know is told with its name and the remedy, and looked for again", () => {
  const scenario = new ReportingScenario({});
  scenario.emulator.clusters.clear();
  record(scenario, 2);
  scenario.later();
  assert.deepEqual(scenario.counts, { "spans.recorded": 2, "spans.dropped.no_cluster": 2, "exports.failed": 1 });
  const [warning, ...others] = scenario.warnings;
  assert.deepEqual(others, []);
  assert.ok(warning?.includes(`"${COLLECTOR}" is unknown to Envoy`) && warning.includes("egress.hosts"), warning);
  assert.equal(scenario.root.tickPeriod, 30_000);
  record(scenario);
  scenario.emulator.clusters.add(COLLECTOR);
  scenario.flush();
  scenario.answer(200);
  assert.equal(scenario.counter("spans.sent"), 1);
});

test("E21 (istio#42973): of proxies of which some send and some do not, recorded and sent tell which, and what was dropped why", () => {
  const [sends, knowsNone, isRefused, idle] = Array.from({ length: 4 }, () => new ReportingScenario({})) as [
    ReportingScenario,
    ReportingScenario,
    ReportingScenario,
    ReportingScenario,
  ];
  knowsNone.emulator.clusters.clear();
  for (const scenario of [sends, knowsNone, isRefused]) record(scenario, 3);
  for (const scenario of [sends, knowsNone, isRefused]) scenario.later();
  idle.exchange({ headers: { traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00" } });
  sends.answer(200);
  isRefused.answer(400);
  assert.deepEqual(sends.counts, { "spans.recorded": 3, "spans.sent": 3, "exports.sent": 1 });
  assert.deepEqual(knowsNone.counts, { "spans.recorded": 3, "spans.dropped.no_cluster": 3, "exports.failed": 1 });
  assert.deepEqual(isRefused.counts, { "spans.recorded": 3, "spans.dropped.rejected": 3, "exports.failed": 1 });
  assert.deepEqual(idle.counts, {});
});

test("E36 (istio#31194): no healthy host is no call: the batch waits", () => {
  const scenario = new ReportingScenario({});
  scenario.emulator.unhealthyClusters.add(COLLECTOR);
  record(scenario);
  scenario.later();
  assert.deepEqual(scenario.counts, { "spans.recorded": 1, "exports.retried": 1 });
  scenario.emulator.unhealthyClusters.clear();
  scenario.flush();
  scenario.answer(200);
  assert.deepEqual(scenario.counts, { "spans.recorded": 1, "spans.sent": 1, "exports.sent": 1, "exports.retried": 1 });
});

test("a queue that is full is told once a minute", () => {
  const scenario = new ReportingScenario({ batch: { maxQueueSize: 1 } });
  record(scenario, 50);
  assert.equal(scenario.warnings.length, 1);
  scenario.emulator.clock.advance(60_000);
  record(scenario, 50);
  assert.equal(scenario.warnings.length, 2);
});

test("two roots of one VM have a queue and an answer each", () => {
  const scenario = new ReportingScenario({});
  record(scenario);
  const [first] = [scenario.flush()];
  scenario.root.answerHttpCall(first.token, { headers: [[":status", "503"]] });
  const other = scenario.secondRoot();
  other.exchange({ headers: SAMPLED });
  const call = other.flush();
  other.root.answerHttpCall(call.token, { headers: [[":status", "200"]] });
  assert.deepEqual([other.root.tickPeriod > 0, scenario.root.tickPeriod > 0], [false, true]);
  assert.equal(scenario.counter("spans.sent"), 1);
});

test("a stream without a host's clock, timer or properties goes on, and its span is counted", () => {
  for (const missing of [
    "proxy_get_property",
    "clock_time_get",
    "proxy_set_tick_period_milliseconds",
    "proxy_http_call",
  ]) {
    const scenario = ReportingScenario.without(missing);
    if (scenario === undefined) continue;
    record(scenario, 600);
    assert.equal(scenario.vm.failed, undefined, missing);
    assert.equal(scenario.counter("spans.recorded"), 600, missing);
  }
});

test("a configuration that goes sends what waits, and its root stays until the answer is there", () => {
  const scenario = new ReportingScenario({ batch: { maxExportBatchSize: 2 } });
  record(scenario, 3);
  assert.equal(scenario.calls.length, 1);
  scenario.root.delete();
  assert.equal(scenario.root.deleted, false);
  scenario.answer(200);
  // The third, without waiting for the timer.
  assert.deepEqual([scenario.calls.length, scenario.root.deleted], [1, false]);
  scenario.answer(200);
  assert.deepEqual(scenario.counts, { "spans.recorded": 3, "spans.sent": 3, "exports.sent": 2 });
  // Envoy goes on to call the timer of a root that is gone, if that is set.
  assert.deepEqual([scenario.root.deleted, scenario.root.tickPeriod], [true, 0]);
});

test("nothing waits: the root goes at once, with its timer off", () => {
  const scenario = new ReportingScenario({});
  scenario.root.delete();
  assert.equal(scenario.root.deleted, true);
  const busy = new ReportingScenario({ batch: { maxExportBatchSize: 2 } });
  record(busy);
  assert.equal(busy.root.tickPeriod, 1000);
  record(busy);
  busy.answer(200);
  busy.root.delete();
  assert.deepEqual([busy.root.deleted, busy.root.tickPeriod], [true, 0]);
});

test("a collector that fails or is silent then keeps a root for two seconds at most, and what it did not take is counted", () => {
  const left = (scenario: ReportingScenario, dropped: string, retried = 0, failed = 1): void => {
    assert.deepEqual([scenario.root.deleted, scenario.root.tickPeriod], [true, 0]);
    const { "exports.retried": before = 0, "exports.failed": now = 0, ...spans } = scenario.counts;
    assert.deepEqual(spans, { "spans.recorded": 3, [`spans.dropped.${dropped}`]: 3 });
    assert.deepEqual([before, now], [retried, failed]);
  };
  const start = (): ReportingScenario => {
    const scenario = new ReportingScenario({ batch: { maxExportBatchSize: 4 } });
    record(scenario, 3);
    return scenario;
  };
  const busy = start();
  busy.root.delete();
  busy.answer(503);
  left(busy, "gave_up");
  const refusing = start();
  refusing.root.delete();
  refusing.answer(400);
  left(refusing, "rejected");
  const silent = start();
  silent.root.delete();
  // The timer is set for the batch's own second, and then for the rest.
  silent.later();
  assert.deepEqual([silent.root.deleted, silent.root.tickPeriod], [false, 1000]);
  silent.later();
  left(silent, "gave_up", 0, 0);
  const absent = start();
  absent.emulator.clusters.clear();
  absent.root.delete();
  left(absent, "no_cluster");
  const unhealthy = start();
  unhealthy.emulator.unhealthyClusters.add(COLLECTOR);
  unhealthy.root.delete();
  left(unhealthy, "gave_up");
  // Its Retry-After is not over.
  const later = start();
  later.flush();
  later.answer(429, [["retry-after", "7"]]);
  later.root.delete();
  assert.equal(later.calls.length, 0);
  left(later, "gave_up", 1, 0);
});

test("a root without a timer does not wait for an answer that may never come", () => {
  const scenario = ReportingScenario.without("proxy_set_tick_period_milliseconds");
  if (scenario === undefined) return;
  record(scenario, 3);
  scenario.root.delete();
  assert.equal(scenario.root.deleted, true);
});
