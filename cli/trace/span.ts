/** What a span is to the command, whatever format it came in: the only model that the report and the doctor know. */

/** A span's kind, as OpenTelemetry names it; of a span that names none, `INTERNAL` (trace.proto, SpanKind). */
export type Kind = "INTERNAL" | "SERVER" | "CLIENT" | "PRODUCER" | "CONSUMER";

/** A value of an attribute. Bytes are in base64, and a map is the text of its JSON. */
export type Value = string | number | boolean | readonly Value[];

/** Attributes by their names. Those of Zipkin are all strings: read numbers with `numberOf`. */
export type Attributes = ReadonlyMap<string, Value>;

/** Something that happened within a span: an OTLP event, Jaeger's log, Zipkin's annotation. */
export interface SpanEvent {
  /** In microseconds since 1970. */
  readonly time: number;
  readonly name: string;
  readonly attributes: Attributes;
}

/** A span that this one names, other than its parent. */
export interface Link {
  readonly traceId: string;
  readonly spanId: string;
}

/** One operation of one service. Times are in microseconds. */
export interface Span {
  /**
   * Of 16 or 32 hexadecimal digits in lower case, as the input has it. If some spans write an id of 64 bits with 16 digits
   * and others with 32, all have 32 (`together`), so equal text is the same trace.
   */
  readonly traceId: string;
  /** 16 hexadecimal digits in lower case. */
  readonly spanId: string;
  /** `undefined` for a root. */
  readonly parentId: string | undefined;
  /** `service.name`; "unknown" if the input names none. */
  readonly service: string;
  readonly name: string;
  readonly kind: Kind;
  /** Since 1970, exact to a quarter of a microsecond. */
  readonly start: number;
  /** Never below zero; with a fraction where the input has nanoseconds. */
  readonly duration: number;
  readonly attributes: Attributes;
  /** Of the process: OTLP's resource, Jaeger's process tags, of Zipkin's local endpoint `host.ip`. */
  readonly resource: Attributes;
  /** Name of the instrumentation scope: who made the span; "" if the input does not say. */
  readonly scope: string;
  readonly events: readonly SpanEvent[];
  readonly links: readonly Link[];
  /** Whether the span says that the operation failed. */
  readonly error: boolean;
  /** What the span says of its status; "" if nothing. */
  readonly statusMessage: string;
  /** As in OTLP: bits 0 to 7 are those of traceparent, 0x100 and 0x200 say whether the parent is remote. */
  readonly flags: number | undefined;
  /** The header tracestate as the span tells it; "" if it does not. */
  readonly traceState: string;
  /** Whether it is Zipkin's server side of a span whose client side has the same id. */
  readonly shared: boolean;
}

/** The name of a service that says no name. */
export const UNKNOWN_SERVICE = "unknown";

/** An attribute as text, the first item of a list; `undefined` if the span has none of these names. */
export function textOf(attributes: Attributes, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    const first = Array.isArray(value) ? (value as readonly Value[])[0] : value;
    if (first !== undefined && first !== "") return String(first);
  }
  return undefined;
}

/** An attribute as a number; `undefined` if the span has none of these names, or it is no number. */
export function numberOf(attributes: Attributes, ...names: readonly string[]): number | undefined {
  const text = textOf(attributes, ...names);
  const number = text === undefined || text.trim() === "" ? NaN : Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/** The status of the HTTP response, by the stable semantic conventions or those before; Envoy writes 0 for none. */
export function httpStatusOf({ attributes }: Span): number | undefined {
  const status = numberOf(attributes, "http.response.status_code", "http.status_code");
  return status === 0 ? undefined : status;
}

/** Envoy's response flags (`UF`, `UO,URX`), "" where it has none, which it writes as `-`. */
export function responseFlagsOf({ attributes }: Span): string {
  const flags = textOf(attributes, "response_flags", "envoy.response_flags") ?? "";
  return flags === "-" ? "" : flags;
}

/**
 * Whose clock a span's times are of: the host's address, name or id, or the proxy's address in Envoy's `node_id`
 * (`sidecar~10.1.2.3~reviews-v1.default~…`); `undefined` if the span says none.
 */
export function hostOf({ resource, attributes }: Span): string | undefined {
  const named = textOf(resource, "host.ip", "host.id", "host.name", "ip", "hostname", "k8s.pod.name");
  if (named !== undefined) return named;
  const node = textOf(attributes, "node_id");
  return node === undefined ? undefined : (node.split("~")[1] ?? node);
}

/** When a span ended, in microseconds since 1970. */
export function endOf({ start, duration }: Span): number {
  return start + duration;
}
