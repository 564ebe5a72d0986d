/** The last spans of listeners that are drained: those of requests that were under way come too, and none comes twice. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  cluster,
  Envoy,
  fetchOnce,
  forward,
  Http1,
  inlineWasm,
  listener,
  until,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { Collector } from "./collector.ts";
import { Gate, Service } from "./service.ts";
import { counters, INBOUND, newTrace, traceparent } from "./traces.ts";

const REQUESTS = 30;
const HELD = 3;

const gate = new Gate();
let collector: Collector;
let service: Service;
let envoy: Envoy;

before(async () => {
  collector = await Collector.start();
  service = await Service.start(async ({ path }) => {
    if (path.startsWith("/held/")) await gate.pass(path);
    return "served";
  });
  envoy = await Envoy.start({
    clusters: [cluster("service", service.port), cluster("collector", collector.port)],
    listeners: [reporting("stays", "200ms")],
    // Nothing is due before it goes.
    discoveredListeners: [reporting("goes", "60s")],
    drainSeconds: 1,
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  await collector?.stop();
});

/** A listener whose spans wait as long as is said. */
function reporting(name: string, scheduledDelay: string): Listener {
  const plugin = inlineWasm(name, {
    module: "trace-propagation",
    configuration: {
      participate: true,
      reporting: {
        opentelemetry: { cluster: "collector", http: { authority: "otel:4318" } },
        batch: { scheduledDelay },
      },
    },
  });
  return { ...listener(name, { filters: [plugin], routes: [forward("service")] }), listener: INBOUND };
}

/** Sends requests, and some that are held: the traces of all, and the answers of these, `undefined` if there is none. */
async function send(name: string): Promise<{ traces: string[]; held: Promise<number | undefined>[]; paths: string[] }> {
  const port = envoy.port(name);
  const traces = Array.from({ length: REQUESTS + HELD }, newTrace);
  const paths = traces.slice(REQUESTS).map((trace) => `/held/${trace}`);
  for (const trace of traces.slice(0, REQUESTS))
    assert.equal((await fetchOnce(port, { headers: [traceparent(trace)] })).status, 200);
  const held = paths.map(async (path, at) => {
    const connection = await Http1.connect(port);
    const headers = [traceparent(traces[REQUESTS + at]!)];
    const answer = await connection.request({ path, headers }).catch(() => undefined);
    connection.close();
    return answer?.status;
  });
  await until("the held requests to come", () => paths.every((path) => gate.has(path)));
  return { traces, held, paths };
}

/** Waits until a collector has a span of each trace, and nothing else of what came since. */
async function assertReported(traces: readonly string[], since: number): Promise<void> {
  const reported = (): string[] => collector.spans.slice(since).map(({ traceId }) => traceId);
  await until(`${traces.length} spans`, () => reported().length >= traces.length);
  await until("all that was recorded to be sent", async () => {
    const { "spans.recorded": recorded, "spans.sent": sent } = await counters(envoy);
    return recorded === sent && recorded === collector.spans.length;
  });
  assert.deepEqual(reported().sort(), [...traces].sort());
  assert.deepEqual(collector.faults, []);
}

test("a listener that goes sends its last spans when it is drained, those of requests that it breaks off too", async () => {
  const { traces, held } = await send("goes");
  assert.deepEqual(collector.spans, []);
  await envoy.replaceListeners([]);
  assert.deepEqual(await Promise.all(held), [undefined, undefined, undefined]);
  await assertReported(traces, 0);
});

test("drain_listeners?graceful: requests that were under way have their spans, though the listener takes no others", async () => {
  const since = collector.spans.length;
  const { traces, held, paths } = await send("stays");
  await envoy.admin.get("/drain_listeners?graceful", "POST");
  await until("the listener to be closed", async () => (await envoy.stat("listener_manager.listener_stopped")) > 0);
  for (const path of paths) gate.open(path);
  assert.deepEqual(await Promise.all(held), [200, 200, 200]);
  await assertReported(traces, since);
});
