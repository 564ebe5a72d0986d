import assert from "node:assert/strict";
import { createRequire } from "node:module";

/** The messages of OTLP as OpenTelemetry's own JavaScript has them: protobufjs, made from opentelemetry-proto. */
const require = createRequire(import.meta.url);
const { opentelemetry } = require("@opentelemetry/otlp-transformer/build/src/generated/root.js") as Generated;
const trace = opentelemetry.proto.collector.trace.v1;

interface Generated {
  opentelemetry: {
    proto: {
      collector: { trace: { v1: { ExportTraceServiceRequest: Message; ExportTraceServiceResponse: Message } } };
    };
  };
}

interface Message {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
  toObject(message: object, options: object): Record<string, unknown>;
}

interface AnyValue {
  stringValue?: string;
  intValue?: string;
}

interface KeyValue {
  key: string;
  value: AnyValue;
}

/** A span as it was received; ids in hexadecimal, times in nanoseconds. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: "SERVER" | "CLIENT" | "OTHER";
  flags: number;
  traceState: string;
  start: bigint;
  end: bigint;
  isError: boolean;
  attributes: Record<string, string | number>;
}

export interface Received {
  resource: Record<string, string | number>;
  scope: string;
  spans: ReceivedSpan[];
}

/**
 * Decodes what was sent to `/v1/traces`, as strictly as a collector may: no empty envelopes, ids and times that are there, keys that are
 * there once, and strings that are UTF-8.
 */
export function decodeTraces(body: Uint8Array): Received {
  const decoded = trace.ExportTraceServiceRequest.toObject(trace.ExportTraceServiceRequest.decode(body), {
    longs: String,
    bytes: Buffer,
    defaults: true,
  }) as unknown as { resourceSpans: RawResourceSpans[] };
  assert.equal(decoded.resourceSpans.length, 1);
  const [{ resource, scopeSpans }] = decoded.resourceSpans as [RawResourceSpans];
  assert.equal(scopeSpans.length, 1);
  const [{ scope, spans }] = scopeSpans as [RawResourceSpans["scopeSpans"][number]];
  assert.ok(spans.length > 0, "no spans");
  return { resource: attributesOf(resource.attributes), scope: scope.name, spans: spans.map(spanOf) };
}

/** A collector's answer that took a batch but for some of its spans. */
export function partialSuccess(rejectedSpans: number, errorMessage: string): Uint8Array {
  return trace.ExportTraceServiceResponse.encode({ partialSuccess: { rejectedSpans, errorMessage } }).finish();
}

interface RawSpan {
  traceId: Buffer;
  spanId: Buffer;
  parentSpanId: Buffer;
  name: string;
  kind: number;
  flags: number;
  traceState: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  status: { code: number } | null;
}

interface RawResourceSpans {
  resource: { attributes: KeyValue[] };
  scopeSpans: { scope: { name: string }; spans: RawSpan[] }[];
}

function spanOf(raw: RawSpan): ReceivedSpan {
  const [traceId, spanId, parentSpanId] = [raw.traceId, raw.spanId, raw.parentSpanId].map((id) =>
    id.toString("hex"),
  ) as [string, string, string];
  assert.match(traceId, /^(?!0{32})[0-9a-f]{32}$/);
  assert.match(spanId, /^(?!0{16})[0-9a-f]{16}$/);
  assert.match(parentSpanId, /^((?!0{16})[0-9a-f]{16})?$/);
  const [start, end] = [BigInt(raw.startTimeUnixNano), BigInt(raw.endTimeUnixNano)];
  assert.ok(start > 0n && end >= start);
  assert.notEqual(raw.name, "");
  const kind = raw.kind === 2 ? "SERVER" : raw.kind === 3 ? "CLIENT" : "OTHER";
  const { name, flags, traceState } = raw;
  for (const text of [name, traceState]) assertUtf8(text);
  const isError = raw.status?.code === 2;
  const attributes = attributesOf(raw.attributes);
  return { traceId, spanId, parentSpanId, name, kind, flags: flags >>> 0, traceState, start, end, isError, attributes };
}

function attributesOf(list: KeyValue[]): Record<string, string | number> {
  const attributes: Record<string, string | number> = {};
  for (const { key, value } of list) {
    assert.ok(!(key in attributes), `${key} is there twice`);
    assertUtf8(key);
    if (value.stringValue !== undefined) assertUtf8(value.stringValue);
    attributes[key] = value.stringValue ?? Number(value.intValue);
  }
  return attributes;
}

/** What is no UTF-8 is decoded with this character in its place. */
function assertUtf8(text: string): void {
  assert.ok(!text.includes("\ufffd"), `no UTF-8: ${text}`);
}
