/**
 * Dynamic metadata as the host hands it over: serialised messages (`envoy.config.core.v3.Metadata`,
 * `google.protobuf.Struct`), put together in hexadecimal.
 */
import { hex } from "./bytes";
import { setProperty } from "./host";

/** A length-delimited field: its tag, its length as a varint, its bytes. */
export function field(number: i32, body: string): string {
  const length = body.length / 2;
  const size = length < 128 ? byte(length) : byte((length & 127) | 128) + byte(length >> 7);
  return byte((number << 3) | 2) + size + body;
}

function byte(value: i32): string {
  return value.toString(16).padStart(2, "0");
}

function utf8Hex(value: string): string {
  let digits = "";
  const bytes = Uint8Array.wrap(String.UTF8.encode(value));
  for (let i = 0; i < bytes.length; i++) digits += byte(bytes[i]);
  return digits;
}

/** A `google.protobuf.Value`: `string_value` is field 3. */
export function stringValue(value: string): string {
  return field(3, utf8Hex(value));
}

/** `struct_value` is field 5; the entries are those of a Struct. */
export function structValue(entries: string): string {
  return field(5, entries);
}

/** `list_value` is field 6, and its `values` field 1. */
export function listValue(values: string[]): string {
  let items = "";
  for (let i = 0; i < values.length; i++) items += field(1, values[i]);
  return field(6, items);
}

/** An entry of a Struct, or of any map from a string to a message. */
export function entry(key: string, value: string): string {
  return field(1, field(1, utf8Hex(key)) + field(2, value));
}

/** Makes these entries the claims of the token that jwt_authn verified. */
export function setClaims(entries: string): void {
  const token = entry("payload", structValue(entries));
  setProperty("metadata", hex(entry("other", entry("payload", "")) + entry("envoy.filters.http.jwt_authn", token)));
}
