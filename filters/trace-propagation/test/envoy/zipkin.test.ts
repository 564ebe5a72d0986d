/**
 * Two connection managers on each side of a sidecar: the filter in the first, Envoy's Zipkin tracer in the second, whose spans are then
 * of the filter's trace. The application between passes on x-request-id alone.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  BACKEND,
  cluster,
  Envoy,
  fetchOnce,
  forward,
  freePort,
  listener,
  typed,
  until,
  valuesOf,
  type HeaderLine,
  type JsonObject,
  type Listener,
} from "../../../../test/support/envoy/index.ts";
import { Service } from "./service.ts";
import { sidecar } from "./sidecar.ts";
import { INBOUND, newSpan, newTrace, OUTBOUND, SPAN, TRACE, traceparent } from "./traces.ts";
import { findZipkin, Zipkin, type Span } from "../../../../test/backends/zipkin.ts";

function whyNot(): string | false {
  if (process.env["ZIPKIN"] !== "1") return "takes longer than the others: make backends-test, or ZIPKIN=1";
  return BACKEND === "process" ? false : "one listener of Envoy's calls another by its port";
}

const found = whyNot() === false ? findZipkin() : { missing: whyNot() };
const skip = "missing" in found && `no Zipkin: ${found.missing}`;

/** Envoy reports at once. */
const REPORTS: JsonObject = {
  layered_runtime: {
    layers: [{ name: "test", static_layer: { "tracing.zipkin.min_flush_spans": 1 } }],
  },
};

let zipkin: Zipkin;
let end: Service;
let service: Service;
let envoy: Envoy;

function tracing(): JsonObject {
  const provider = typed("envoy.config.trace.v3.ZipkinConfig", {
    collector_cluster: "zipkin",
    collector_endpoint: "/api/v2/spans",
    collector_endpoint_version: "HTTP_JSON",
  });
  return { tracing: { provider: { name: "envoy.tracers.zipkin", typed_config: provider } } };
}

/** The second connection manager of a side, on a port that the first one knows. */
function traced(name: string, port: number, direction: JsonObject, to: string): Listener {
  const address: JsonObject = { socket_address: { address: "127.0.0.1", port_value: port } };
  return {
    ...listener(name, { routes: [forward(to)], manager: tracing() }),
    listener: { address, ...direction },
  };
}

before(async () => {
  if ("missing" in found) return;
  zipkin = await Zipkin.start(found.jar);
  end = await Service.start(({ headers }) => headers);
  service = await Service.start(async ({ headers }, caller) => {
    const key = headers.find(([name]) => name === "x-request-id")!;
    return await caller.call(envoy.port("sidecar:outbound"), "/", [key]);
  });
  const [inbound, outbound] = [await freePort(), await freePort()];
  envoy = await Envoy.start({
    clusters: [
      cluster("zipkin", zipkin.port),
      cluster("service", service.port),
      cluster("end", end.port),
      cluster("traced-inbound", inbound),
      cluster("traced-outbound", outbound),
    ],
    listeners: [
      ...sidecar({
        name: "sidecar",
        configuration: { inject: ["b3"], join: {}, sampling: { randomSamplingPercentage: 100 } },
        workload: "traced-inbound",
        calls: "traced-outbound",
      }),
      traced("inbound", inbound, INBOUND, "service"),
      traced("outbound", outbound, OUTBOUND, "end"),
    ],
    bootstrap: REPORTS,
  });
});
after(async () => {
  await envoy?.stop();
  await service?.stop();
  await end?.stop();
  await zipkin?.stop();
});

/** A request that the service makes another of: the trace and the span that this one names. */
async function send(...headers: HeaderLine[]): Promise<{ trace: string; span: string }> {
  const { status, body } = await fetchOnce(envoy.port("sidecar:inbound"), { headers });
  assert.equal(status, 200, body);
  const got = JSON.parse(body) as HeaderLine[];
  return { trace: valuesOf(got, "x-b3-traceid")[0] ?? "", span: valuesOf(got, "x-b3-spanid")[0] ?? "" };
}

/** Both spans of a trace, as soon as Zipkin has them, by their kinds. */
async function spansOf(trace: string): Promise<Record<string, Span>> {
  const spans = await until(`two spans of ${trace}`, async () => {
    const all = await zipkin.spans(trace);
    return all.length >= 2 && all;
  });
  assert.deepEqual(spans.map(({ kind }) => kind).sort(), ["CLIENT", "SERVER"]);
  for (const { traceId } of spans) assert.equal(traceId, trace);
  return Object.fromEntries(spans.map((span) => [span.kind, span]));
}

test("Envoy's spans are of the trace that came, and children of the span that it names", { skip }, async () => {
  const { trace, span } = await send(traceparent(TRACE, SPAN));
  assert.equal(trace, TRACE);
  const { SERVER, CLIENT } = await spansOf(TRACE);
  // Zipkin's tracer shares the server's span with whoever called.
  assert.equal(SERVER!.id, SPAN);
  assert.deepEqual([CLIENT!.parentId, CLIENT!.id], [SPAN, span]);
});

test("and of the trace that the filter began, as none came or what came is malformed", { skip }, async () => {
  for (const headers of [[], [["traceparent", `00-${TRACE}-${SPAN}`]]] as HeaderLine[][]) {
    const { trace, span } = await send(...headers);
    assert.notEqual(trace, TRACE);
    assert.equal((await spansOf(trace))["CLIENT"]!.id, span);
  }
});

test("what is not sampled is not reported", { skip }, async () => {
  const [unsampled, later] = [newTrace(), newTrace()];
  await send(traceparent(unsampled, newSpan(), "00"));
  await send(traceparent(later));
  await spansOf(later);
  assert.deepEqual(await zipkin.spans(unsampled), []);
});
