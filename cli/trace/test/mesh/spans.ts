/** What was simulated, as the doctor gets it. */
import type { Span } from "../../span.ts";
import type { MadeSpan } from "./simulate.ts";

export function spansOf(made: readonly MadeSpan[]): Span[] {
  return made.map((span) => ({
    traceId: span.trace,
    spanId: span.id,
    parentId: span.parent,
    service: span.service,
    name: span.name,
    kind: span.kind,
    start: span.start,
    duration: span.end - span.start,
    attributes: new Map(Object.entries(span.attributes)),
    resource: new Map(Object.entries(span.resource)),
    scope: span.scope,
    events: [],
    links: [],
    error: span.error,
    statusMessage: "",
    flags: span.flags === 0 ? undefined : span.flags,
    traceState: span.traceState,
    shared: false,
  }));
}
