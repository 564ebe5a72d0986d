/** What takes the spans of a mesh and tells them again: a real Jaeger if it is built. */
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { decodeTraces } from "../../../filters/trace-propagation/test/module/otlp.ts";
import { findJaeger, Jaeger, warningsIn, type JaegerSpan, type JaegerTrace } from "../../backends/jaeger.ts";
import { COLLECTOR } from "./istiod.ts";
import type { Running } from "./mesh.ts";

/** A span as a backend tells it. */
export interface ToldSpan {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | undefined;
  readonly service: string;
  readonly kind: string;
  /** Whether a filter recorded it, or Envoy's own tracer. */
  readonly by: "filter" | "Envoy";
  /** The request that it is about. */
  readonly requestId: string;
}

/** Everything that came, and what the backend finds wrong with it. */
export interface Told {
  spans: readonly ToldSpan[];
  warnings: readonly string[];
}

export interface SpanBackend extends Running {
  /** Why it is no real one. */
  readonly standsIn?: string;
  told(): Promise<Told>;
}

const SCOPE = "signalbox";
const REQUEST_ID = "guid:x-request-id";

/** Starts one that takes OTLP by HTTP at an address and port, and at the same address gives strategies by which every trace is sampled. */
export async function startSpanBackend(address: string, port: number): Promise<SpanBackend> {
  const found = findJaeger();
  return "missing" in found
    ? await startDecoding(address, port, found.missing)
    : await startJaeger(address, port, found.program);
}

async function startJaeger(address: string, port: number, program: string): Promise<SpanBackend> {
  const since = Date.now();
  const folder = mkdtempSync(join(tmpdir(), "signalbox-jaeger-"));
  const path = join(folder, "strategies.json");
  writeFileSync(path, JSON.stringify({ default_strategy: { type: "probabilistic", param: 1 } }));
  const taking = { address, port, sampling: COLLECTOR.sampling };
  const jaeger = await Jaeger.start(program, { folder, taking, strategies: { file: { path } } });
  const told = async (): Promise<Told> => {
    const services = await jaeger.services();
    const found = (await Promise.all(services.map(async (one) => await jaeger.tracesOf(one, since)))).flat();
    const traces = [...new Map(found.map((trace) => [trace.traceID, trace])).values()];
    const spans = traces.flatMap((trace) => trace.spans.map((span) => toldByJaeger(trace, span)));
    return { spans, warnings: warningsIn(traces) };
  };
  return { told, stop: async () => await jaeger.stop() };
}

function toldByJaeger({ traceID, processes }: JaegerTrace, span: JaegerSpan): ToldSpan {
  const tag = (name: string): string => String(span.tags.find(({ key }) => key === name)?.value ?? "");
  return {
    trace: traceID,
    id: span.spanID,
    parent: span.references[0]?.spanID,
    service: processes[span.processID]!.serviceName,
    kind: tag("span.kind").toUpperCase(),
    by: tag("otel.scope.name") === SCOPE ? "filter" : "Envoy",
    requestId: tag(REQUEST_ID),
  };
}

/** What Jaeger answers whoever asks for strategies. */
const STRATEGIES = JSON.stringify({ strategyType: "PROBABILISTIC", probabilisticSampling: { samplingRate: 1 } });

/** Decodes OTLP as strictly as a collector may, and keeps it. */
async function startDecoding(address: string, port: number, standsIn: string): Promise<SpanBackend> {
  const spans: ToldSpan[] = [];
  const warnings: string[] = [];
  const take = (body: Uint8Array): void => {
    const { resource, scope, spans: received } = decodeTraces(body);
    for (const { traceId, spanId, parentSpanId, kind, attributes } of received)
      spans.push({
        trace: traceId,
        id: spanId,
        parent: parentSpanId || undefined,
        service: String(resource["service.name"]),
        kind,
        by: scope === SCOPE ? "filter" : "Envoy",
        requestId: String(attributes[REQUEST_ID]),
      });
  };
  const server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void buffer(request)
      .then(take)
      .catch((fault: Error) => warnings.push(fault.message))
      .finally(() => response.end());
  });
  const strategies = createServer((_, response) => response.end(STRATEGIES));
  const servers = [server.listen(port, address), strategies.listen(COLLECTOR.sampling, address)];
  await Promise.all(servers.map(async (one) => await once(one, "listening")));
  return {
    standsIn,
    told: async () => await Promise.resolve({ spans, warnings }),
    stop: async () => {
      for (const one of servers) one.closeAllConnections();
      await Promise.all(servers.map(async (one) => await once(one.close(), "close")));
    },
  };
}
