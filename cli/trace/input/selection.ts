import { endOf, type Span } from "../span.ts";

/** Which traces are wanted. */
export interface Selection {
  /** Traces in which this service takes part. */
  readonly service?: string | undefined;
  /** Traces with a span of this name; of `service`, if both are given. */
  readonly operation?: string | undefined;
  /** Traces that are not older, in milliseconds before now. */
  readonly since?: number | undefined;
  /** The newest traces, at most so many; of a server, so many of each service. */
  readonly limit?: number | undefined;
  /** The trace of this id: 16 or 32 hexadecimal digits. */
  readonly trace?: string | undefined;
}

/** The spans of the traces that are wanted, in the order in which they came: whole traces. */
export function selected(spans: readonly Span[], selection: Selection, now: number): readonly Span[] {
  const { service, operation, since, limit, trace } = selection;
  const tests: ((span: Span) => boolean)[] = [];
  if (trace !== undefined) tests.push(({ traceId }) => isSameTrace(traceId, trace));
  if (service !== undefined) tests.push((span) => span.service === service);
  if (operation !== undefined) {
    // Zipkin's server writes names in lower case.
    const name = operation.toLowerCase();
    tests.push((span) => span.name.toLowerCase() === name && (service === undefined || span.service === service));
  }
  if (since !== undefined) tests.push((span) => endOf(span) >= (now - since) * 1000);
  let left = spans;
  for (const test of tests) {
    const traces = new Set(left.filter(test).map(({ traceId }) => traceId));
    left = left.filter(({ traceId }) => traces.has(traceId));
  }
  return limit === undefined ? left : newest(left, limit);
}

function isSameTrace(one: string, other: string): boolean {
  return one.padStart(32, "0") === other.toLowerCase().padStart(32, "0");
}

function newest(spans: readonly Span[], limit: number): readonly Span[] {
  const begun = new Map<string, number>();
  for (const { traceId, start } of spans) begun.set(traceId, Math.min(start, begun.get(traceId) ?? Infinity));
  if (begun.size <= limit) return spans;
  const kept = new Set(
    [...begun]
      .sort((a, b) => b[1] - a[1])
      .slice(0, limit)
      .map(([traceId]) => traceId),
  );
  return spans.filter(({ traceId }) => kept.has(traceId));
}
