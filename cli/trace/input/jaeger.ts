import { UNKNOWN_SERVICE, textOf, type Attributes, type Kind, type Link, type Span, type Value } from "../span.ts";
import { idAt, isFields, numberAt, objectsIn, plainValue, requiredId, textAt, unexpected } from "./field.ts";
import type { Fields, Place } from "./field.ts";

/** `span.kind` in Jaeger's tags (OpenTracing's names). */
const KINDS: Readonly<Record<string, Kind>> = {
  internal: "INTERNAL",
  server: "SERVER",
  client: "CLIENT",
  producer: "PRODUCER",
  consumer: "CONSUMER",
};

/** Who a span is of, by the process ids of its trace. */
type Processes = ReadonlyMap<string, Pick<Span, "service" | "resource">>;

/**
 * The spans of traces as Jaeger's UI downloads them and its API `/api/traces` answers them
 * (jaegertracing/jaeger: internal/uimodel/model.go). Times are in microseconds.
 *
 * @throws Unexpected
 */
export function jaegerSpans(traces: unknown, place: Place): Span[] {
  return objectsIn(traces, place).flatMap((trace, at) => {
    const here = [...place, at];
    const processes = processesIn(trace.processes, [...here, "processes"]);
    return objectsIn(trace.spans, [...here, "spans"]).map((fields, inTrace) => {
      return spanOf(fields, trace.traceID, processes, [...here, "spans", inTrace]);
    });
  });
}

function processesIn(value: unknown, place: Place): Processes {
  const fields = isFields(value) ? value : {};
  return new Map(Object.entries(fields).map(([id, process]) => [id, processOf(process, [...place, id])]));
}

function processOf(value: unknown, place: Place): Pick<Span, "service" | "resource"> {
  const process = isFields(value) ? value : unexpected(place, "an object", value);
  const service = textAt(process.serviceName, [...place, "serviceName"]) || UNKNOWN_SERVICE;
  return { service, resource: tagsIn(process.tags, [...place, "tags"]) };
}

const NO_PROCESS: Pick<Span, "service" | "resource"> = { service: UNKNOWN_SERVICE, resource: new Map() };

function spanOf(fields: Fields, ofTrace: unknown, processes: Processes, place: Place): Span {
  const attributes = tagsIn(fields.tags, [...place, "tags"]);
  const traceId = requiredId(fields.traceID ?? ofTrace, [...place, "traceID"], 32);
  const { parentId, links } = referencesIn(fields, traceId, place);
  const process = isFields(fields.process)
    ? processOf(fields.process, [...place, "process"])
    : processes.get(String(fields.processID));
  const failed = textOf(attributes, "error") === "true" || textOf(attributes, "otel.status_code") === "ERROR";
  return {
    traceId,
    spanId: requiredId(fields.spanID, [...place, "spanID"], 16),
    parentId,
    ...(process ?? NO_PROCESS),
    name: textAt(fields.operationName, [...place, "operationName"]),
    kind: KINDS[(textOf(attributes, "span.kind") ?? "internal").toLowerCase()] ?? "INTERNAL",
    start: numberAt(fields.startTime, [...place, "startTime"]) ?? unexpected([...place, "startTime"], TIME, undefined),
    duration: numberAt(fields.duration, [...place, "duration"]) ?? 0,
    attributes,
    scope: textOf(attributes, "otel.scope.name", "otel.library.name") ?? "",
    events: objectsIn(fields.logs, [...place, "logs"]).map((log, at) => {
      const told = tagsIn(log.fields, [...place, "logs", at, "fields"]);
      const time = numberAt(log.timestamp, [...place, "logs", at, "timestamp"]) ?? 0;
      return { time, name: textOf(told, "event", "message") ?? "", attributes: told };
    }),
    links,
    error: failed,
    statusMessage: textOf(attributes, "otel.status_description") ?? "",
    flags: numberAt(fields.flags, [...place, "flags"]),
    traceState: textOf(attributes, "w3c.tracestate") ?? "",
    shared: false,
  };
}

const TIME = "microseconds since 1970";

/** The parent is the first CHILD_OF of the same trace, else the first FOLLOWS_FROM of it; all others are links. */
function referencesIn(fields: Fields, traceId: string, place: Place): { parentId: string | undefined; links: Link[] } {
  const all = objectsIn(fields.references, [...place, "references"]).map((one, at) => ({
    childOf: one.refType === "CHILD_OF",
    traceId: idAt(one.traceID, [...place, "references", at, "traceID"], 32),
    spanId: idAt(one.spanID, [...place, "references", at, "spanID"], 16),
  }));
  const own = all.filter((one) => one.traceId === traceId && one.spanId !== "");
  const parent = own.find(({ childOf }) => childOf) ?? own[0];
  const before = idAt(fields.parentSpanID, [...place, "parentSpanID"], 16);
  return {
    parentId: parent?.spanId ?? (before || undefined),
    links: all.filter((one) => one !== parent).map(({ traceId: trace, spanId }) => ({ traceId: trace, spanId })),
  };
}

function tagsIn(value: unknown, place: Place): Attributes {
  const attributes = new Map<string, Value>();
  for (const { key, value: told, type } of objectsIn(value, place)) {
    if (typeof key !== "string") continue;
    const whole = type === "int64" && typeof told === "string";
    attributes.set(key, whole ? Number(told) : plainValue(told));
  }
  return attributes;
}
