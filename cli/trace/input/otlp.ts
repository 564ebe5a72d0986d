import { UNKNOWN_SERVICE, textOf, type Attributes, type Kind, type Span, type Value } from "../span.ts";
import { idAt, isFields, numberAt, objectsIn, plainValue, requiredId, textAt, unexpected } from "./field.ts";
import type { Fields, Place } from "./field.ts";

const KINDS: readonly Kind[] = ["INTERNAL", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/** Status.code of an operation that failed (trace.proto). */
const ERROR = 2;

/**
 * The spans of OTLP's JSON: ids in hexadecimal digits, 64-bit numbers as strings or numbers, unknown fields ignored
 * (opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding").
 *
 * @throws Unexpected
 */
export function otlpSpans(resourceSpans: unknown, place: Place): Span[] {
  const spans: Span[] = [];
  objectsIn(resourceSpans, place).forEach((group, at) => {
    const here = [...place, at];
    const resource = attributesIn(isFields(group.resource) ? group.resource.attributes : undefined, [
      ...here,
      "resource",
      "attributes",
    ]);
    const service = textOf(resource, "service.name") ?? UNKNOWN_SERVICE;
    objectsIn(group.scopeSpans, [...here, "scopeSpans"]).forEach((scoped, inGroup) => {
      const scope = isFields(scoped.scope) && typeof scoped.scope.name === "string" ? scoped.scope.name : "";
      const list = [...here, "scopeSpans", inGroup, "spans"];
      objectsIn(scoped.spans, list).forEach((fields, inScope) => {
        spans.push(spanOf(fields, [...list, inScope], { service, resource, scope }));
      });
    });
  });
  return spans;
}

function spanOf(fields: Fields, place: Place, shared: Pick<Span, "service" | "resource" | "scope">): Span {
  const start = nanoseconds(fields.startTimeUnixNano, [...place, "startTimeUnixNano"]);
  const end = nanoseconds(fields.endTimeUnixNano ?? fields.startTimeUnixNano, [...place, "endTimeUnixNano"]);
  const status = isFields(fields.status) ? fields.status : {};
  return {
    traceId: requiredId(fields.traceId, [...place, "traceId"], 32),
    spanId: requiredId(fields.spanId, [...place, "spanId"], 16),
    parentId: idAt(fields.parentSpanId, [...place, "parentSpanId"], 16) || undefined,
    ...shared,
    name: textAt(fields.name, [...place, "name"]),
    kind: kindOf(fields.kind, [...place, "kind"]),
    start: start.micros + start.rest,
    duration: Math.max(0, end.micros - start.micros + (end.rest - start.rest)),
    attributes: attributesIn(fields.attributes, [...place, "attributes"]),
    events: objectsIn(fields.events, [...place, "events"]).map((event, at) => ({
      time: nanoseconds(event.timeUnixNano ?? "0", [...place, "events", at, "timeUnixNano"]).micros,
      name: textAt(event.name, [...place, "events", at, "name"]),
      attributes: attributesIn(event.attributes, [...place, "events", at, "attributes"]),
    })),
    links: objectsIn(fields.links, [...place, "links"]).map((link, at) => ({
      traceId: idAt(link.traceId, [...place, "links", at, "traceId"], 32),
      spanId: idAt(link.spanId, [...place, "links", at, "spanId"], 16),
    })),
    error: status.code === ERROR || status.code === "STATUS_CODE_ERROR",
    statusMessage: textAt(status.message, [...place, "status", "message"]),
    flags: numberAt(fields.flags, [...place, "flags"]),
    traceState: textAt(fields.traceState, [...place, "traceState"]),
    shared: false,
  };
}

/** The kind by its number, or by the name that some exporters write. */
function kindOf(value: unknown, place: Place): Kind {
  if (value === undefined || value === null) return "INTERNAL";
  const named = typeof value === "string" ? value.replace(/^SPAN_KIND_/, "") : value;
  if (named === "UNSPECIFIED") return "INTERNAL";
  const kind = typeof named === "number" ? KINDS[named] : KINDS.find((one) => one === named);
  return kind ?? unexpected(place, "a kind of span, from 0 to 5", value);
}

/**
 * A time in whole microseconds, and the nanoseconds beyond as a fraction of one: together they would not fit into a number.
 * A time that the JSON has as a number is exact to 256 ns only.
 */
function nanoseconds(value: unknown, place: Place): { micros: number; rest: number } {
  const text = typeof value === "number" && value >= 0 ? BigInt(Math.round(value)).toString() : value;
  if (typeof text !== "string" || !/^\d{1,20}$/.test(text)) return unexpected(place, "nanoseconds since 1970", value);
  return { micros: Number(text.slice(0, -3)), rest: Number(text.slice(-3)) / 1000 };
}

function attributesIn(value: unknown, place: Place): Attributes {
  const attributes = new Map<string, Value>();
  for (const { key, value: any } of objectsIn(value, place)) {
    if (typeof key === "string") attributes.set(key, isFields(any) ? anyValue(any) : "");
  }
  return attributes;
}

function anyValue(any: Fields): Value {
  const { stringValue, intValue, doubleValue, boolValue, arrayValue, kvlistValue, bytesValue } = any;
  if (stringValue !== undefined) return plainValue(stringValue);
  const number = intValue ?? doubleValue;
  if (number !== undefined) return Number(number);
  if (boolValue !== undefined) return plainValue(boolValue);
  if (isFields(arrayValue)) {
    const { values } = arrayValue;
    return Array.isArray(values) ? values.map((one) => (isFields(one) ? anyValue(one) : "")) : [];
  }
  return plainValue(kvlistValue ?? bytesValue);
}
