import { UNKNOWN_SERVICE, textOf, type Kind, type Span, type Value } from "../span.ts";
import { idAt, isFields, numberAt, objectsIn, plainValue, requiredId, textAt } from "./field.ts";
import type { Fields, Place } from "./field.ts";

const KINDS: readonly Kind[] = ["SERVER", "CLIENT", "PRODUCER", "CONSUMER"];

/**
 * The spans of a list in Zipkin's format v2 (openzipkin/zipkin-api: zipkin2-api.yaml). `error` is the mere presence of that
 * tag. The name of the remote endpoint becomes `peer.service`, its address `net.peer.ip`, as the OpenTelemetry collector has it.
 *
 * @throws Unexpected
 */
export function zipkinSpans(list: unknown, place: Place): Span[] {
  return objectsIn(list, place).map((fields, at) => spanOf(fields, [...place, at]));
}

function spanOf(fields: Fields, place: Place): Span {
  const attributes = new Map<string, Value>();
  const tags = isFields(fields.tags) ? fields.tags : {};
  for (const [name, value] of Object.entries(tags)) attributes.set(name, plainValue(value));
  const local = endpointAt(fields.localEndpoint, [...place, "localEndpoint"]);
  const remote = endpointAt(fields.remoteEndpoint, [...place, "remoteEndpoint"]);
  if (remote.name !== "") attributes.set("peer.service", remote.name);
  if (remote.address !== "") attributes.set("net.peer.ip", remote.address);
  const error = textOf(attributes, "error") ?? "";
  return {
    traceId: requiredId(fields.traceId, [...place, "traceId"], 32),
    spanId: requiredId(fields.id, [...place, "id"], 16),
    parentId: idAt(fields.parentId, [...place, "parentId"], 16) || undefined,
    service: local.name || UNKNOWN_SERVICE,
    name: textAt(fields.name, [...place, "name"]),
    kind: KINDS.find((kind) => kind === fields.kind) ?? "INTERNAL",
    // Zipkin takes spans without a time, of which only the other side knows when they were.
    start: numberAt(fields.timestamp, [...place, "timestamp"]) ?? 0,
    duration: numberAt(fields.duration, [...place, "duration"]) ?? 0,
    attributes,
    resource: new Map(local.address === "" ? [] : [["host.ip", local.address]]),
    scope: textOf(attributes, "otel.scope.name", "otel.library.name") ?? "",
    events: objectsIn(fields.annotations, [...place, "annotations"]).map(({ timestamp, value }, at) => ({
      time: numberAt(timestamp, [...place, "annotations", at, "timestamp"]) ?? 0,
      name: textAt(value, [...place, "annotations", at, "value"]),
      attributes: new Map(),
    })),
    links: [],
    error: attributes.has("error") || textOf(attributes, "otel.status_code") === "ERROR",
    statusMessage: textOf(attributes, "otel.status_description") ?? (error === "true" ? "" : error),
    flags: undefined,
    traceState: textOf(attributes, "w3c.tracestate") ?? "",
    shared: fields.shared === true,
  };
}

function endpointAt(value: unknown, place: Place): { name: string; address: string } {
  const endpoint = isFields(value) ? value : {};
  const address = textAt(endpoint.ipv4, [...place, "ipv4"]) || textAt(endpoint.ipv6, [...place, "ipv6"]);
  return { name: textAt(endpoint.serviceName, [...place, "serviceName"]), address };
}
