/** What was simulated, as Zipkin's and Jaeger's APIs answer it. */
import { groupBy } from "../../doctor/traces.ts";
import type { MadeSpan } from "./simulate.ts";

/** Zipkin's list of lists of spans; names are in lower case, and tags are strings. */
export function zipkinOf(made: readonly MadeSpan[]): string {
  const traces = [...groupBy(made, ({ trace }) => trace).values()];
  return JSON.stringify(traces.map((spans) => spans.map(zipkinSpan)));
}

function zipkinSpan(span: MadeSpan): object {
  const tags = Object.entries(span.attributes).map(([name, value]) => [name, String(value)]);
  return {
    traceId: span.trace,
    id: span.id,
    ...(span.parent === undefined ? {} : { parentId: span.parent }),
    ...(span.kind === "INTERNAL" ? {} : { kind: span.kind }),
    name: span.name.toLowerCase(),
    timestamp: span.start,
    duration: span.end - span.start,
    localEndpoint: { serviceName: span.service },
    tags: Object.fromEntries(span.error ? [...tags, ["error", "true"]] : tags),
  };
}

/** The answer of the API of Jaeger's UI. */
export function jaegerOf(made: readonly MadeSpan[]): string {
  const data = [...groupBy(made, ({ trace }) => trace)].map(([traceID, spans]) => ({
    traceID,
    spans: spans.map((span, at) => ({
      traceID,
      spanID: span.id,
      operationName: span.name,
      references: span.parent === undefined ? [] : [{ refType: "CHILD_OF", traceID, spanID: span.parent }],
      startTime: span.start,
      duration: span.end - span.start,
      tags: tagsOf({ ...span.attributes, "span.kind": span.kind.toLowerCase(), "otel.scope.name": span.scope }),
      logs: [],
      processID: `p${at}`,
      warnings: null,
    })),
    processes: Object.fromEntries(
      spans.map(({ service, resource }, at) => [`p${at}`, { serviceName: service, tags: tagsOf(resource) }]),
    ),
  }));
  return JSON.stringify({ data, total: 0, limit: 0, offset: 0, errors: null });
}

function tagsOf(from: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(from).map(([key, value]) => ({
    key,
    type: typeof value === "string" ? "string" : Number.isInteger(value) ? "int64" : "float64",
    value,
  }));
}
