import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { ProtobufReader } from "./protobuf";
import { utf8 } from "../text/text";
import { addValue } from "./request";
import { Slot } from "./slots";
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
 * Reads all dynamic metadata, as the message that it is: the property of a single claim would come without its type, and
 * a number's bytes could be taken for a string's.
 */
export function readMetadata(slot: Slot): void {
  if (readProperty(utf8("metadata")) == Status.OK) addValue(slot.number, propertyStart, propertyLength);
}

/**
 * A claim of the token that Envoy's jwt_authn verified and put into dynamic metadata (istiod names it `payload` under
 * `envoy.filters.http.jwt_authn`). A string is one value, each string of a list is one; nothing where the request has no
 * such token or claim, or where it is a number, a boolean or an object: natively those match nothing.
 */
export function readClaim(slot: Slot, metadata: Value | null): void {
  if (metadata == null) return;
  const reader = ProtobufReader.over(metadata.start, metadata.start + metadata.length);
  const filter = utf8("envoy.filters.http.jwt_authn");
  if (!intoEntry(reader, filter.start, filter.length)) return;
  const payload = utf8("payload");
  if (!intoEntry(reader, payload.start, payload.length)) return;
  const end = slot.name.start + slot.name.length;
  let from = slot.name.start;
  while (from < end) {
    let to = from;
    while (to < end && load<u8>(to) != 0) to++;
    if (!reader.into(STRUCT_VALUE) || !intoEntry(reader, from, <u32>(to - from))) return;
    from = to + 1;
  }
  addStrings(slot, reader);
}

/** Goes into the value of a map's entry with that key; false where there is none. */
function intoEntry(reader: ProtobufReader, key: usize, length: u32): bool {
  while (reader.next()) {
    if (reader.field != ENTRIES) continue;
    const entry = ProtobufReader.over(reader.start, reader.end);
    if (!entry.into(KEY) || !isKey(entry, key, length)) continue;
    return reader.enter() && reader.into(VALUE);
  }
  return false;
}

function isKey(reader: ProtobufReader, key: usize, length: u32): bool {
  return reader.size == length && memory.compare(reader.from, key, length) == 0;
}

/** Adds the string that a value is, or the strings of the list that it is. */
function addStrings(slot: Slot, value: ProtobufReader): void {
  while (value.next()) {
    if (value.field == STRING_VALUE) addValue(slot.number, value.start, <u32>(value.end - value.start));
    if (value.field == LIST_VALUE) addItems(slot, ProtobufReader.over(value.start, value.end));
  }
}

function addItems(slot: Slot, list: ProtobufReader): void {
  while (list.next()) {
    if (list.field != VALUES) continue;
    const item = ProtobufReader.over(list.start, list.end);
    if (item.into(STRING_VALUE)) addValue(slot.number, item.from, item.size);
  }
}
