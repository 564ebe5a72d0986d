import { arenaTake } from "../memory/arena";
import { holdsByte, utf8 } from "../text/text";
import { addString, addStrings, enterField, enterStruct, filterMetadata, keyEnd, keyOf, valueOf } from "./metadata";
import { ProtobufReader } from "./protobuf";
import { slotOfPart, slotsOfRequest } from "./request";
import { Fact, Slot } from "./slots";
import { Value } from "./value";

/**
 * The claims of the token that Envoy's jwt_authn verified and put into dynamic metadata (istiod names it `payload` under
 * `envoy.filters.http.jwt_authn`). A string is one value, each string of a list is one; nothing where the request has no
 * such token or claim, or where it is a number, a boolean or an object: natively those match nothing.
 */
export function readClaims(_slot: Slot, metadata: Value | null): void {
  const payload = payloadOf(metadata);
  let open: OpenObject | null = payload == null ? null : OpenObject.of(payload, 0, 0, null);
  while (open != null) open = takeClaims(open, open.next);
}

/** An object of the token whose claims are still to be read. */
@unmanaged
class OpenObject {
  value: ProtobufReader;
  /** The path of the object as the name of a slot begins with it: its segments, each with a NUL after it. */
  path: usize;
  length: u32;
  next: OpenObject | null;

  static of(value: ProtobufReader, path: usize, length: u32, next: OpenObject | null): OpenObject {
    const object = changetype<OpenObject>(arenaTake(offsetof<OpenObject>()));
    object.value = value;
    object.path = path;
    object.length = length;
    object.next = next;
    return object;
  }
}

/** Reads the claims of an object; gives the objects that are then open. */
function takeClaims(object: OpenObject, others: OpenObject | null): OpenObject | null {
  const fields = object.value;
  const longest = slotsOfRequest().longestClaim;
  let open = others;
  if (!enterStruct(fields)) return open;
  while (fields.next()) {
    const key = keyOf(fields);
    // A NUL parts the segments of a path, and so is in none of them.
    if (key == null || holdsByte(key.from, key.size, 0)) continue;
    const length = object.length + key.size;
    const value = valueOf(fields);
    if (value == null) continue;
    const name = arenaTake(length + 1);
    memory.copy(name, object.path, object.length);
    memory.copy(name + object.length, key.from, key.size);
    store<u8>(name + length, 0);
    const slot = slotOfPart(Fact.CLAIM, name, length);
    if (slot != null) addStrings(slot, ProtobufReader.over(value.from, value.from + value.size));
    if (length + 1 < longest) open = OpenObject.of(value, name, length + 1, open);
  }
  return open;
}

/**
 * A claim whose value is used only where it is itself a string: the parts of AuthorizationPolicy's `requestPrincipals` are compared with
 * no list (istio `pilot/pkg/security/authz/model: MetadataStringMatcherForJWTClaim`).
 */
export function readClaimString(slot: Slot, metadata: Value | null): void {
  const claim = claimOf(slot, metadata);
  if (claim != null) addString(slot, claim);
}

/** The value of the claim whose path is the slot's name; null where there is none. */
function claimOf(slot: Slot, metadata: Value | null): ProtobufReader | null {
  const reader = payloadOf(metadata);
  if (reader == null) return null;
  const end = slot.name.start + slot.name.length;
  let from = slot.name.start;
  while (from < end) {
    const to = keyEnd(from, end);
    if (!enterStruct(reader) || !enterField(reader, from, <u32>(to - from))) return null;
    from = to + 1;
  }
  return reader;
}

/** What jwt_authn wrote of the token; null where there is none. */
function payloadOf(metadata: Value | null): ProtobufReader | null {
  const filter = utf8("envoy.filters.http.jwt_authn");
  const reader = filterMetadata(metadata, filter.start, filter.length);
  const payload = utf8("payload");
  return reader != null && enterField(reader, payload.start, payload.length) ? reader : null;
}
