import { utf8, type ByteString } from "./bytes.ts";
import { Double, Struct, type PropertyValue } from "./property-value.ts";

type Fields = { readonly [name: string]: PropertyValue };

/**
 * Dynamic metadata as the property `metadata` gives it: a serialised `envoy.config.core.v3.Metadata` of
 * `{filter_metadata: {<filter>: {…}}}`. Envoy serialises messages as they are, types kept, where a path into them would
 * give the value's bytes alone.
 */
export function serializeMetadata(metadata: PropertyValue): ByteString {
  const filters = fieldsOf(fieldsOf(metadata)["filter_metadata"] ?? {});
  return Object.entries(filters)
    .map(([name, value]) => entry(name, structOf(fieldsOf(value))))
    .join("");
}

/** A `google.protobuf.Struct`. */
function structOf(fields: Fields): ByteString {
  return Object.entries(fields)
    .map(([name, value]) => entry(name, valueOf(value)))
    .join("");
}

/** A `google.protobuf.Value`. */
function valueOf(value: PropertyValue): ByteString {
  if (value === null) return "\x08\0";
  if (typeof value === "boolean") return value ? "\x20\x01" : "\x20\0";
  if (typeof value === "string") return bytes(3, utf8(value));
  if (typeof value === "number" || typeof value === "bigint") return `\x11${float64(Number(value))}`;
  if (value instanceof Double) return `\x11${float64(value.value)}`;
  if (Array.isArray(value)) {
    return bytes(6, (value as readonly PropertyValue[]).map((item) => bytes(1, valueOf(item))).join(""));
  }
  return bytes(5, structOf(fieldsOf(value)));
}

/** An entry of a map from strings to messages, which is field 1 both of `Metadata` and of `Struct`. */
function entry(key: string, value: ByteString): ByteString {
  return bytes(1, bytes(1, utf8(key)) + bytes(2, value));
}

/** A length-delimited field. */
function bytes(field: number, content: ByteString): ByteString {
  return String.fromCharCode((field << 3) | 2) + varint(content.length) + content;
}

function varint(value: number): ByteString {
  return value < 0x80 ? String.fromCharCode(value) : String.fromCharCode((value & 0x7f) | 0x80) + varint(value >> 7);
}

function float64(value: number): ByteString {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return String.fromCharCode(...new Uint8Array(view.buffer));
}

function fieldsOf(value: PropertyValue): Fields {
  if (value instanceof Struct) return value.fields;
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
