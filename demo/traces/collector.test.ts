/** What the collector answers as Jaeger does where nothing is found or asked wrongly; that it answers for spans is in demo.test.ts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADDRESS } from "../../envoy/ports.ts";
import { portOf } from "../../envoy/reviews.ts";
import { startCollector } from "./collector.ts";
import { TraceStore } from "./store.ts";

test("of what is no OTLP it says so, and of traces that it does not have", async (t) => {
  const server = await startCollector({ host: ADDRESS, port: 0 });
  t.after(() => server.close());
  const root = `http://${ADDRESS}:${portOf(server)}`;
  const status = async (path: string, init?: RequestInit): Promise<number> => (await fetch(root + path, init)).status;
  assert.equal(await status("/v1/traces", { method: "POST", body: "\xff no protobuf" }), 400);
  assert.deepEqual(await (await fetch(`${root}/api/v3/services`)).json(), { services: [] });
  assert.equal(await status("/api/v3/traces/4bf92f3577b34da6a3ce929d0e0e4736"), 404);
  assert.equal(await status("/api/v3/traces?query.serviceName=a"), 400);
  const times = "query.startTimeMin=2026-01-01T00:00:00Z&query.startTimeMax=2026-01-02T00:00:00Z";
  assert.equal(await status(`/api/v3/traces?query.serviceName=a&${times}`), 404);
  assert.equal(await status("/api/services"), 404);
});

const NEW_YEAR = Date.parse("2026-01-01T00:00:00Z");

/** A span of a trace that begins so many milliseconds after midnight. */
function span(trace: string, service: string, name: string, after: number): Parameters<TraceStore["add"]>[0] {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: service } }] };
  const startTimeUnixNano = `${NEW_YEAR + after}000000`;
  return [{ resource, scopeSpans: [{ spans: [{ traceId: trace.padStart(32, "0"), name, startTimeUnixNano }] }] }];
}

test("a trace is found, whole, by a span of the service, the operation and the time; of many the newest", () => {
  const store = new TraceStore();
  for (const spans of [
    span("1", "a", "GET", 0),
    span("1", "b", "POST", 5),
    span("2", "a", "GET", 100),
    span("3", "b", "GET", 200),
    span("4", "a", "PUT", 300),
  ]) {
    store.add(spans);
  }
  const found = (service: string | undefined, operation: string | undefined, from: number, limit: number): string[] => {
    const wanted = { service, operation, from: NEW_YEAR + from, to: NEW_YEAR + 1000, limit };
    return store
      .find(wanted)
      .flatMap(({ scopeSpans = [] }) => scopeSpans)
      .flatMap(({ spans = [] }) => spans.map(({ traceId }) => traceId.slice(-1)));
  };
  assert.deepEqual(store.services(), ["a", "b"]);
  assert.deepEqual(found("a", undefined, 0, 10), ["1", "1", "2", "4"]);
  assert.deepEqual(found("a", "GET", 0, 10), ["1", "1", "2"]);
  assert.deepEqual(found("b", undefined, 0, 10), ["1", "1", "3"]);
  assert.deepEqual(found("a", undefined, 1, 10), ["2", "4"]);
  assert.deepEqual(found(undefined, undefined, 0, 2), ["3", "4"]);
});
