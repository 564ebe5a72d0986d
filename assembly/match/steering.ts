import { isHeaderName } from "../config/header-name";
import { Place } from "../config/place";
import { Region } from "../memory/region";
import { Text, utf8 } from "../text/text";
import { Writer } from "../text/writer";

/** The longest template, in bytes: it is written out for each destination. */
const MAX_TEMPLATE_LENGTH: u32 = 1024;

/** How a destination becomes a route: a header, and a template of its value. */
@unmanaged
export class Steering {
  /** In lower case; `x-subset` where none is given. */
  header: Text;
  /** With `{host}`, `{subset}` and `{port}` in it; `{subset}` where none is given. */
  template: Text;
  /** The template names one of istiod's clusters, so each destination must have all of its parts. */
  namesCluster: bool;

  /** Whether the template has that part, written with its braces. */
  names(part: Text): bool {
    return this.position(part, 0) < this.template.length;
  }

  /** Where that part is first from there on, written with its braces; the template's length if it is nowhere. */
  position(part: Text, from: u32): u32 {
    const template = this.template;
    for (let at = from; at + part.length <= template.length; at++) {
      if (part.is(template.start + at, part.length)) return at;
    }
    return template.length;
  }
}

/** The parts of a destination that a template can name; null where it lacks one. */
@unmanaged
export class DestinationParts {
  host: Text | null;
  subset: Text | null;
  port: Text | null;

  /** The part of that name; null where the destination lacks it. */
  part(start: usize, length: u32): Text | null {
    if (utf8("host").is(start, length)) return this.host;
    if (utf8("subset").is(start, length)) return this.subset;
    return this.port;
  }
}

/** Reads `steering: {header, value}`. */
export function readSteering(place: Place, region: Region): Steering {
  const steering = changetype<Steering>(region.take(offsetof<Steering>()));
  place.object();
  const header = place.field(utf8("header"));
  const value = place.field(utf8("value"));
  place.noOtherFields();
  steering.header = readHeader(header, region);
  let written = value.nonEmptyString();
  if (written != null && written.length > MAX_TEMPLATE_LENGTH) {
    value.expected(utf8("at most 1024 bytes"));
    written = null;
  }
  steering.template = written == null ? utf8("{subset}") : Text.copy(region, written.start, written.length);
  const start = utf8("outbound|");
  steering.namesCluster = steering.template.length > start.length && start.is(steering.template.start, start.length);
  if (written != null) checkTemplate(value, written);
  return steering;
}

function readHeader(place: Place, region: Region): Text {
  const written = place.nonEmptyString();
  if (written == null) return utf8("x-subset");
  const name = Text.lowered(region, written);
  const pseudo = load<u8>(name.start) == 0x3a;
  if (!isHeaderName(name) || name.equals(utf8("host")) || (pseudo && !name.equals(utf8(":authority")))) {
    place.expected(utf8('the name of a header, or ":authority"'));
  }
  return name;
}

/** Reports braces that name no part, and bytes that no header has. */
function checkTemplate(place: Place, template: Text): void {
  const end = template.start + template.length;
  let at = template.start;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte < 0x20 || byte == 0x7f) return place.expected(utf8("a header value without control bytes"));
    if (byte == 0x7d) return place.expected(utf8("a template of {host}, {subset} and {port}"));
    if (byte == 0x7b) {
      const close = closingBrace(at, end);
      if (close == 0 || !isPart(at + 1, <u32>(close - at - 1))) {
        return place.expected(utf8("a template of {host}, {subset} and {port}"));
      }
      at = close;
    }
    at++;
  }
}

/** The template with a destination's parts in it; null where the destination lacks one that the template names. */
export function steeringValue(region: Region, template: Text, parts: DestinationParts): Text | null {
  const writer = Writer.open();
  const complete = writeValue(writer, template, parts);
  const value = complete ? Text.copy(region, writer.start, writer.length) : null;
  writer.close();
  return value;
}

function writeValue(writer: Writer, template: Text, parts: DestinationParts): bool {
  const end = template.start + template.length;
  let at = template.start;
  while (at < end) {
    const close = load<u8>(at) == 0x7b ? closingBrace(at, end) : 0;
    if (close == 0) {
      writer.byte(load<u8>(at++));
      continue;
    }
    const part = parts.part(at + 1, <u32>(close - at - 1));
    if (part == null) return false;
    writer.text(part);
    at = close + 1;
  }
  return true;
}

function closingBrace(open: usize, end: usize): usize {
  let at = open;
  while (at < end) {
    if (load<u8>(at) == 0x7d) return at;
    at++;
  }
  return 0;
}

function isPart(start: usize, length: u32): bool {
  return utf8("host").is(start, length) || utf8("subset").is(start, length) || utf8("port").is(start, length);
}
