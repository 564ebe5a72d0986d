import type { ResourceSpansJson, SpanJson } from "./messages.ts";

/** More than a morning of trying things out. */
const MAX_TRACES = 10_000;

/** Which traces are asked for. Times are in milliseconds since 1970. */
export interface Wanted {
  readonly service: string | undefined;
  readonly operation: string | undefined;
  readonly from: number;
  readonly to: number;
  readonly limit: number;
}

/** Spans in memory, by their traces; the oldest trace goes when there are too many. */
export class TraceStore {
  private readonly traces = new Map<string, ResourceSpansJson[]>();

  add(all: readonly ResourceSpansJson[]): void {
    for (const { resource, scopeSpans = [] } of all) {
      for (const { scope, spans = [] } of scopeSpans) {
        for (const span of spans) this.put(span.traceId, { resource, scopeSpans: [{ scope, spans: [span] }] });
      }
    }
  }

  services(): string[] {
    const names = [...this.traces.values()].flat().map(serviceOf);
    return [...new Set(names)].sort();
  }

  trace(id: string): readonly ResourceSpansJson[] {
    return this.traces.get(id.padStart(32, "0")) ?? [];
  }

  /** The newest traces that have a span of the service and the operation in that time, whole. */
  find({ service, operation, from, to, limit }: Wanted): ResourceSpansJson[] {
    const fits = (one: ResourceSpansJson): boolean => {
      const began = startOf(one);
      const named = operation === undefined || spansOf(one).some(({ name }) => name === operation);
      return named && (service === undefined || serviceOf(one) === service) && began >= from && began <= to;
    };
    const found = [...this.traces.values()].filter((spans) => spans.some(fits));
    return found.slice(-limit).flat();
  }

  private put(trace: string, one: ResourceSpansJson): void {
    const spans = this.traces.get(trace);
    if (spans !== undefined) return void spans.push(one);
    this.traces.set(trace, [one]);
    const [oldest] = this.traces.keys();
    if (this.traces.size > MAX_TRACES && oldest !== undefined) this.traces.delete(oldest);
  }
}

function serviceOf({ resource }: ResourceSpansJson): string {
  const named = resource?.attributes?.find(({ key }) => key === "service.name");
  return named?.value?.stringValue ?? "unknown";
}

function spansOf({ scopeSpans = [] }: ResourceSpansJson): readonly SpanJson[] {
  return scopeSpans.flatMap(({ spans = [] }) => spans);
}

function startOf(one: ResourceSpansJson): number {
  return Math.min(...spansOf(one).map(({ startTimeUnixNano = "0" }) => Number(startTimeUnixNano.slice(0, -6))));
}
