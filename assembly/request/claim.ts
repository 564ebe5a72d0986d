import { utf8 } from "../text/text";
import { addString, addStrings, enterField, enterStruct, filterMetadata, keyEnd } from "./metadata";
import { ProtobufReader } from "./protobuf";
import { Slot } from "./slots";
import { Value } from "./value";

/**
 * A claim of the token that Envoy's jwt_authn verified and put into dynamic metadata (istiod names it `payload` under
 * `envoy.filters.http.jwt_authn`). A string is one value, each string of a list is one; nothing where the request has no
 * such token or claim, or where it is a number, a boolean or an object: natively those match nothing.
 */
export function readClaim(slot: Slot, metadata: Value | null): void {
  const claim = claimOf(slot, metadata);
  if (claim != null) addStrings(slot, claim);
}

/**
 * The same, where the claim itself is a string: the parts of AuthorizationPolicy's `requestPrincipals` are compared with
 * no list (istio `pilot/pkg/security/authz/model: MetadataStringMatcherForJWTClaim`).
 */
export function readClaimString(slot: Slot, metadata: Value | null): void {
  const claim = claimOf(slot, metadata);
  if (claim != null) addString(slot, claim);
}

/** The value of the claim whose path is the slot's name; null where there is none. */
function claimOf(slot: Slot, metadata: Value | null): ProtobufReader | null {
  const filter = utf8("envoy.filters.http.jwt_authn");
  const reader = filterMetadata(metadata, filter.start, filter.length);
  const payload = utf8("payload");
  if (reader == null || !enterField(reader, payload.start, payload.length)) return null;
  const end = slot.name.start + slot.name.length;
  let from = slot.name.start;
  while (from < end) {
    const to = keyEnd(from, end);
    if (!enterStruct(reader) || !enterField(reader, from, <u32>(to - from))) return null;
    from = to + 1;
  }
  return reader;
}
