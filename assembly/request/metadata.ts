import { propertyLength, propertyStart } from "../host/properties";
import { Text, utf8 } from "../text/text";
import { hasProperty } from "./property";
import { ProtobufReader } from "./protobuf";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/** `filter_metadata` of `envoy.config.core.v3.Metadata`, `fields` of `google.protobuf.Struct`: maps of messages. */
const ENTRIES: u32 = 1;
/** A map's entry. */
const KEY: u32 = 1;
const VALUE: u32 = 2;
/** The kinds of a `google.protobuf.Value` that matter here. */
const STRING_VALUE: u32 = 3;
const STRUCT_VALUE: u32 = 5;
const LIST_VALUE: u32 = 6;
/** `values` of a `google.protobuf.ListValue`. */
const VALUES: u32 = 1;

/**
 * Reads all dynamic metadata, as the message that it is: the property of a single value would come without its type, and
 * a number's bytes could be taken for a string's.
 */
export function readMetadata(slot: Slot, _source: Value | null): void {
  if (hasProperty(utf8("metadata"))) addValue(slot.number, propertyStart, propertyLength);
}

/** A string of a filter's metadata, by the slot's name: the filter's namespace, NUL, the key. */
export function readMetadataString(slot: Slot, metadata: Value | null): void {
  const value = filterValue(slot.name, metadata);
  if (value != null) addString(slot, value);
}

/** Each string of a list of a filter's metadata, by the slot's name as above. */
export function readMetadataList(slot: Slot, metadata: Value | null): void {
  const value = filterValue(slot.name, metadata);
  if (value != null) addList(slot, value);
}

function filterValue(name: Text, metadata: Value | null): ProtobufReader | null {
  const end = name.start + name.length;
  const filterEnd = keyEnd(name.start, end);
  const reader = filterMetadata(metadata, name.start, <u32>(filterEnd - name.start));
  if (reader == null || filterEnd == end) return null;
  return enterField(reader, filterEnd + 1, <u32>(end - filterEnd - 1)) ? reader : null;
}

/** What a filter wrote into the request's metadata, a `google.protobuf.Struct`; null where nothing. */
export function filterMetadata(metadata: Value | null, filter: usize, length: u32): ProtobufReader | null {
  if (metadata == null) return null;
  const reader = ProtobufReader.over(metadata.start, metadata.start + metadata.length);
  return enterField(reader, filter, length) ? reader : null;
}

/** Goes from a Struct, or `Metadata`, into the value that a key has in it; false where there is none. */
export function enterField(reader: ProtobufReader, key: usize, length: u32): bool {
  while (reader.next()) {
    const name = keyOf(reader);
    if (name == null || !isKey(name, key, length)) continue;
    return reader.enter() && reader.into(VALUE);
  }
  return false;
}

/** The key of the entry at hand of a Struct or `Metadata`; null where none is at hand or it has none. */
export function keyOf(reader: ProtobufReader): ProtobufReader | null {
  return partOf(reader, KEY);
}

/** The value of the entry at hand; null as for its key. */
export function valueOf(reader: ProtobufReader): ProtobufReader | null {
  return partOf(reader, VALUE);
}

function partOf(reader: ProtobufReader, field: u32): ProtobufReader | null {
  if (reader.field != ENTRIES) return null;
  const entry = ProtobufReader.over(reader.start, reader.end);
  return entry.into(field) ? entry : null;
}

/** Goes from a value into the Struct that it is; false where it is none. */
export function enterStruct(value: ProtobufReader): bool {
  return value.into(STRUCT_VALUE);
}

/** Where a key that starts there ends: at the next NUL or at `end`. */
export function keyEnd(start: usize, end: usize): usize {
  let at = start;
  while (at < end && load<u8>(at) != 0) at++;
  return at;
}

/** Adds the string that a value is; nothing where it is none. */
export function addString(slot: Slot, value: ProtobufReader): void {
  if (value.into(STRING_VALUE)) addValue(slot.number, value.from, value.size);
}

/** Adds each string of the list that a value is; nothing where it is none. */
export function addList(slot: Slot, value: ProtobufReader): void {
  if (!value.into(LIST_VALUE)) return;
  while (value.next()) {
    if (value.field == VALUES) addString(slot, ProtobufReader.over(value.start, value.end));
  }
}

/** Adds the string that a value is, or each string of the list that it is. */
export function addStrings(slot: Slot, value: ProtobufReader): void {
  addList(slot, ProtobufReader.over(value.from, value.from + value.size));
  addString(slot, value);
}

function isKey(reader: ProtobufReader, key: usize, length: u32): bool {
  return reader.size == length && memory.compare(reader.from, key, length) == 0;
}
