/** What was simulated, as an OTLP exporter writes it to a file. */
import type { MadeSpan } from "./simulate.ts";

const KINDS = { INTERNAL: 1, SERVER: 2, CLIENT: 3 } as const;

/** OTLP in JSON, of one line. */
export function otlpOf(made: readonly MadeSpan[]): string {
  const resourceSpans = made.map((span) => ({
    resource: { attributes: attributes({ "service.name": span.service, ...span.resource }) },
    scopeSpans: [{ scope: { name: span.scope }, spans: [spanOf(span)] }],
  }));
  return JSON.stringify({ resourceSpans });
}

function spanOf(span: MadeSpan): object {
  return {
    traceId: span.trace,
    spanId: span.id,
    ...(span.parent === undefined ? {} : { parentSpanId: span.parent }),
    ...(span.traceState === "" ? {} : { traceState: span.traceState }),
    ...(span.flags === 0 ? {} : { flags: span.flags }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: `${span.start}000`,
    endTimeUnixNano: `${span.end}000`,
    attributes: attributes(span.attributes),
    status: span.error ? { code: 2 } : {},
  };
}

function attributes(from: Readonly<Record<string, string | number>>): object[] {
  return Object.entries(from).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : Number.isInteger(value)
          ? { intValue: String(value) }
          : { doubleValue: value },
  }));
}
