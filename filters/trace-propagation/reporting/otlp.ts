import { Region } from "../../../assembly/memory/region";
import { Text } from "../../../assembly/text/text";
import { putByte } from "../formats/digits";
import { Attribute, Attributes } from "./attribute";
import { Span } from "./span";

/**
 * Spans in OTLP's protobuf encoding (open-telemetry/opentelemetry-proto: `trace.proto`, `common.proto`, `resource.proto`,
 * `trace_service.proto`). Tags are of one byte up to field 15: the field's number times 8, and the wire type.
 */

/** Wire types. */
const VARINT: u32 = 0;
const FIXED64: u32 = 1;
const BYTES: u32 = 2;

/** Fields that are in the same place in all messages that have attributes as field 1, or that hold one message. */
const FIRST: u32 = (1 << 3) | BYTES;
const SECOND: u32 = (2 << 3) | BYTES;

/** Of `Span`. */
const TRACE_STATE: u32 = (3 << 3) | BYTES;
const PARENT: u32 = (4 << 3) | BYTES;
const NAME: u32 = (5 << 3) | BYTES;
const KIND: u32 = (6 << 3) | VARINT;
const START: u32 = (7 << 3) | FIXED64;
const END: u32 = (8 << 3) | FIXED64;
const ATTRIBUTE: u32 = (9 << 3) | BYTES;
const STATUS: u32 = (15 << 3) | BYTES;
/** Field 16, four bytes: a tag of two bytes. */
const FLAGS: u32 = 0x0185;
/** `AnyValue.int_value`. */
const INTEGER: u32 = (3 << 3) | VARINT;
/** `Status.code`, and what it is for an error. */
const CODE: u32 = (3 << 3) | VARINT;
const ERROR: u32 = 2;

/** Bytes of ids and times, of kind and flags, with their tags. */
const FIXED_SIZE: u32 = 18 + 10 + 2 + 9 + 9 + 6;
const ERROR_SIZE: u32 = 4;
const PARENT_SIZE: u32 = 10;

/** The most bytes that `putEnvelope` puts before a `Resource` and a scope: three tags and lengths. */
export const ENVELOPE: u32 = 3 * 6;

/** Bytes of a span, with its tag and length. */
export function otlpSize(span: Span): u32 {
  return fieldSize(spanSize(span));
}

/** Writes a span, with its tag and length; gives the address behind it. */
export function putOtlp(to: usize, span: Span): usize {
  let at = putHead(to, SECOND, spanSize(span));
  at = putBigEndian(putHead(at, FIRST, 16), span.traceHigh);
  at = putBigEndian(at, span.traceLow);
  at = putBigEndian(putHead(at, SECOND, 8), span.id);
  if (span.tracestateLength > 0) at = putBytes(at, TRACE_STATE, span.tracestate, span.tracestateLength);
  if (span.parent != 0) at = putBigEndian(putHead(at, PARENT, 8), span.parent);
  at = putBytes(at, NAME, span.name, span.nameLength);
  at = putByte(putByte(at, KIND), span.kind);
  at = putFixed64(at, START, span.start);
  at = putFixed64(at, END, span.end);
  at = putAttributes(at, ATTRIBUTE, span.attributes);
  if (span.error != null) at = putByte(putByte(putHead(at, STATUS, 2), CODE), ERROR);
  store<u16>(at, FLAGS);
  store<u32>(at + 2, span.flags);
  return at + 6;
}

/** A `Resource`, with its tag and length as in `ResourceSpans`. */
export function otlpResource(region: Region, attributes: Attributes): Text {
  const size = attributesSize(attributes);
  const text = blank(region, fieldSize(size));
  putAttributes(putHead(text.start, FIRST, size), FIRST, attributes);
  return text;
}

/** An `InstrumentationScope`, with its tag and length as in `ScopeSpans`. */
export function otlpScope(region: Region, name: Text): Text {
  const size = fieldSize(name.length);
  const text = blank(region, fieldSize(size));
  putBytes(putHead(text.start, FIRST, size), FIRST, name.start, name.length);
  return text;
}

/**
 * Makes spans that end at an address an `ExportTraceServiceRequest`, by what it puts before them: nothing is moved. Gives where it
 * begins.
 */
export function putEnvelope(spans: usize, end: usize, resource: Text, scope: Text): usize {
  let at = putTextBefore(spans, scope);
  at = putHeadBefore(at, SECOND, <u32>(end - at));
  at = putTextBefore(at, resource);
  return putHeadBefore(at, FIRST, <u32>(end - at));
}

function spanSize(span: Span): u32 {
  let size = FIXED_SIZE + fieldSize(span.nameLength);
  if (span.tracestateLength > 0) size += fieldSize(span.tracestateLength);
  if (span.parent != 0) size += PARENT_SIZE;
  if (span.error != null) size += ERROR_SIZE;
  return size + attributesSize(span.attributes);
}

function attributesSize(attributes: Attributes): u32 {
  let size: u32 = 0;
  let attribute = attributes.first;
  while (attribute != null) {
    size += fieldSize(attributeSize(attribute));
    attribute = attribute.next;
  }
  return size;
}

/** Of a `KeyValue`. */
function attributeSize(attribute: Attribute): u32 {
  return fieldSize(attribute.key.length) + fieldSize(valueSize(attribute));
}

/** Of an `AnyValue`. */
function valueSize(attribute: Attribute): u32 {
  return attribute.isInteger ? 1 + varintSize(attribute.integer) : fieldSize(attribute.length);
}

function putAttributes(to: usize, tag: u32, attributes: Attributes): usize {
  let at = to;
  let attribute = attributes.first;
  while (attribute != null) {
    at = putHead(at, tag, attributeSize(attribute));
    at = putBytes(at, FIRST, attribute.key.start, attribute.key.length);
    at = putHead(at, SECOND, valueSize(attribute));
    at = attribute.isInteger
      ? putVarint(putByte(at, INTEGER), attribute.integer)
      : putBytes(at, FIRST, attribute.start, attribute.length);
    attribute = attribute.next;
  }
  return at;
}

/** A field of so many bytes, with its tag and length. */
function fieldSize(length: u32): u32 {
  return 1 + varintSize(length) + length;
}

function varintSize(value: u64): u32 {
  return (70 - <u32>clz<u64>(value | 1)) / 7;
}

function putVarint(to: usize, value: u64): usize {
  let at = to;
  for (; value >= 0x80; value >>= 7) at = putByte(at, ((<u32>value) & 0x7f) | 0x80);
  return putByte(at, <u32>value);
}

function putHead(at: usize, tag: u32, length: u32): usize {
  return putVarint(putByte(at, tag), length);
}

function putBytes(to: usize, tag: u32, start: usize, length: u32): usize {
  const at = putHead(to, tag, length);
  memory.copy(at, start, length);
  return at + length;
}

function putBigEndian(at: usize, value: u64): usize {
  store<u64>(at, bswap<u64>(value));
  return at + 8;
}

function putFixed64(at: usize, tag: u32, value: u64): usize {
  store<u64>(putByte(at, tag), value);
  return at + 9;
}

function putTextBefore(end: usize, text: Text): usize {
  const at = end - text.length;
  memory.copy(at, text.start, text.length);
  return at;
}

function putHeadBefore(end: usize, tag: u32, length: u32): usize {
  const at = end - 1 - varintSize(length);
  putHead(at, tag, length);
  return at;
}

function blank(region: Region, length: u32): Text {
  const text = changetype<Text>(region.take(sizeof<u32>() + length));
  text.length = length;
  return text;
}
