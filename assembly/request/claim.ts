import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { Text, utf8 } from "../text/text";
import { addValue } from "./request";
import { Slot } from "./slots";

/**
 * A claim of the token that Envoy's jwt_authn verified and put into dynamic metadata (istiod names it `payload` under
 * `envoy.filters.http.jwt_authn`): the slot's name is the whole property path. A string is one value, each string of a
 * list is one; nothing where the request has no such token or claim.
 *
 * A list arrives in the pairs encoding, its items as names. The host does not say which it was: bytes that are that
 * encoding to the last NUL are taken for a list.
 */
export function readClaim(slot: Slot): void {
  if (readProperty(slot.name) != Status.OK) return;
  if (!readList(slot, propertyStart, propertyLength)) addValue(slot.number, propertyStart, propertyLength);
}

/** The property path under which jwt_authn's claims lie; a NUL and the claim's own path follow. */
export function claimsPath(): Text {
  return utf8("metadata\0filter_metadata\0envoy.filters.http.jwt_authn\0payload");
}

function readList(slot: Slot, start: usize, size: u32): bool {
  if (size < 4) return false;
  const count = load<u32>(start);
  const lengths = start + 4;
  if (count == 0 || <u64>count * 10 > <u64>(size - 4)) return false;
  const from = lengths + count * 8;
  const end = start + size;
  if (!isPairs(lengths, count, from, end)) return false;
  let at = from;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(lengths + i * 8);
    addValue(slot.number, at, length);
    at += length + 2;
  }
  return true;
}

/** Whether `count` items with empty values lie between `from` and `end`, all NULs in their places. */
function isPairs(lengths: usize, count: u32, from: usize, end: usize): bool {
  let at = from;
  for (let i: u32 = 0; i < count; i++) {
    const length = load<u32>(lengths + i * 8);
    if (load<u32>(lengths + i * 8, 4) != 0 || <u64>length + 2 > <u64>(end - at)) return false;
    if (load<u16>(at + length) != 0) return false;
    at += length + 2;
  }
  return at == end;
}
