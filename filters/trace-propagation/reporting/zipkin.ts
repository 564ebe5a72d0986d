import { Region } from "../../../assembly/memory/region";
import { Text, utf8 } from "../../../assembly/text/text";
import { hexDigit } from "../../../assembly/text/writer";
import { putByte, putDecimal, putHex } from "../formats/digits";
import { Attribute, Attributes } from "./attribute";
import { Span, SpanKind } from "./span";

/**
 * Spans as Zipkin's JSON, version 2 (openzipkin/zipkin: `zipkin2.Span`): times are whole microseconds, never in scientific notation, all
 * tags strings, and a span is an error if it has the tag `error`.
 */

/** Bytes of what every span has beside its texts: braces, names of fields, ids, times. */
const FIXED_SIZE: u32 = 320;
/** A byte becomes at most so many: `\u001f`. */
const ESCAPED: u32 = 6;
/** What stands around a tag. */
const TAG: u32 = 6;
const DIGITS: u32 = 20;

/** At most so many bytes a span has, with the comma before it. */
export function zipkinSize(span: Span, who: Text, tags: Text): u32 {
  const error = span.error;
  let size = FIXED_SIZE + who.length + tags.length + (span.nameLength + span.tracestateLength) * ESCAPED;
  if (error != null) size += error.length * ESCAPED;
  return size + sizeOfTags(span.attributes);
}

/** Writes a comma and a span; gives the address behind it. `who` and `tags` are what `zipkinEndpoint` and `zipkinTags` gave. */
export function putZipkin(to: usize, span: Span, who: Text, tags: Text): usize {
  let at = putText(to, utf8(',{"traceId":"'));
  at = putHex(putHex(at, span.traceHigh, 16), span.traceLow, 16);
  at = putHex(putText(at, utf8('","id":"')), span.id, 16);
  if (span.parent != 0) at = putHex(putText(at, utf8('","parentId":"')), span.parent, 16);
  at = putText(
    at,
    span.kind == SpanKind.SERVER ? utf8('","kind":"SERVER","name":') : utf8('","kind":"CLIENT","name":'),
  );
  at = putQuoted(at, span.name, span.nameLength);
  const start = span.start / 1000;
  at = putDecimal(putText(at, utf8(',"timestamp":')), start);
  at = putDecimal(putText(at, utf8(',"duration":')), max<u64>(span.end / 1000 - start, 1));
  at = putText(putText(at, who), utf8(',"tags":{'));
  const error = span.error;
  if (error != null) at = putTag(at, utf8("error"), error.start, error.length);
  if (span.tracestateLength > 0) at = putTag(at, utf8("w3c.tracestate"), span.tracestate, span.tracestateLength);
  at = putTags(at, span.attributes);
  at = putText(at, tags);
  // The last tag's comma gives way.
  if (load<u8>(at - 1) == 0x2c) at--;
  return putText(at, utf8("}}"));
}

/** Makes spans, each with its comma, that end at an address a list; gives the address behind it. */
export function putList(spans: usize, end: usize): usize {
  store<u8>(spans, 0x5b);
  return putByte(end, 0x5d);
}

/** `localEndpoint`: the service's name and its address, if it is known. */
export function zipkinEndpoint(region: Region, service: Text, address: Text | null): Text {
  const size = FIXED_SIZE + service.length * ESCAPED + (address == null ? 0 : address.length * ESCAPED);
  const text = changetype<Text>(region.take(sizeof<u32>() + size));
  let at = putText(text.start, utf8(',"localEndpoint":{"serviceName":'));
  at = putQuoted(at, service.start, service.length);
  if (address != null) {
    at = putText(at, address.contains(0x3a) ? utf8(',"ipv6":') : utf8(',"ipv4":'));
    at = putQuoted(at, address.start, address.length);
  }
  text.length = <u32>(putByte(at, 0x7d) - text.start);
  return text;
}

/** Attributes as tags that each span has, with a comma behind each. */
export function zipkinTags(region: Region, attributes: Attributes): Text {
  const text = changetype<Text>(region.take(sizeof<u32>() + sizeOfTags(attributes)));
  text.length = <u32>(putTags(text.start, attributes) - text.start);
  return text;
}

function sizeOfTags(attributes: Attributes): u32 {
  let size: u32 = 0;
  let attribute = attributes.first;
  while (attribute != null) {
    size += attribute.key.length * ESCAPED + TAG + (attribute.isInteger ? DIGITS : attribute.length * ESCAPED);
    attribute = attribute.next;
  }
  return size;
}

function putTags(to: usize, attributes: Attributes): usize {
  let at = to;
  let attribute = attributes.first;
  while (attribute != null) {
    at = putAttribute(at, attribute);
    attribute = attribute.next;
  }
  return at;
}

function putAttribute(to: usize, attribute: Attribute): usize {
  if (!attribute.isInteger) return putTag(to, attribute.key, attribute.start, attribute.length);
  let at = putByte(putQuoted(to, attribute.key.start, attribute.key.length), 0x3a);
  at = putByte(at, 0x22);
  if (attribute.integer < 0) at = putByte(at, 0x2d);
  at = putDecimal(at, <u64>abs(attribute.integer));
  return putByte(putByte(at, 0x22), 0x2c);
}

function putTag(to: usize, key: Text, start: usize, length: u32): usize {
  const at = putByte(putQuoted(to, key.start, key.length), 0x3a);
  return putByte(putQuoted(at, start, length), 0x2c);
}

/** Writes a JSON string (RFC 8259 §7). */
function putQuoted(to: usize, start: usize, length: u32): usize {
  let at = putByte(to, 0x22);
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(start + i);
    if (byte < 0x20) {
      at = putText(at, utf8("\\u00"));
      at = putByte(putByte(at, hexDigit(byte >> 4)), hexDigit(byte & 15));
    } else {
      if (byte == 0x22 || byte == 0x5c) at = putByte(at, 0x5c);
      at = putByte(at, byte);
    }
  }
  return putByte(at, 0x22);
}

function putText(at: usize, text: Text): usize {
  memory.copy(at, text.start, text.length);
  return at + text.length;
}
