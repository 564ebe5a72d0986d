import { createRequire } from "node:module";

/** The messages of OTLP as OpenTelemetry's own JavaScript has them: protobufjs, made from opentelemetry-proto. */
const require = createRequire(import.meta.url);
const { opentelemetry } = require("@opentelemetry/otlp-transformer/build/src/generated/root.js") as Generated;
const { ExportTraceServiceRequest } = opentelemetry.proto.collector.trace.v1;

interface Generated {
  opentelemetry: { proto: { collector: { trace: { v1: { ExportTraceServiceRequest: Message } } } } };
}

interface Message {
  decode(bytes: Uint8Array): object;
  toObject(message: object, options: object): object;
}

/** A span in OTLP's JSON, as far as the collector looks at it. */
export interface SpanJson {
  readonly traceId: string;
  readonly name?: string;
  readonly startTimeUnixNano?: string;
}

/** Spans of one process, in OTLP's JSON. */
export interface ResourceSpansJson {
  readonly resource?: { readonly attributes?: readonly { key: string; value?: { stringValue?: string } }[] };
  readonly scopeSpans?: readonly { readonly scope?: object; readonly spans?: readonly SpanJson[] }[];
}

/**
 * What was sent to `/v1/traces`, in OTLP's JSON.
 *
 * @throws Error if it is no such message
 */
export function decodeExport(body: Uint8Array): readonly ResourceSpansJson[] {
  const message = ExportTraceServiceRequest.toObject(ExportTraceServiceRequest.decode(body), {
    longs: String,
    bytes: Buffer,
  });
  // In OTLP's JSON ids are in hexadecimal digits, where protobuf's own mapping has base64.
  const text = JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    const bytes = this[key];
    return Buffer.isBuffer(bytes) ? bytes.toString("hex") : value;
  });
  return (JSON.parse(text) as { resourceSpans?: ResourceSpansJson[] }).resourceSpans ?? [];
}
