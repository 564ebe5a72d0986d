import { propertyLength, propertyStart } from "../host/properties";
import { isSpiffeId } from "../text/spiffe-id";
import { Text, utf8 } from "../text/text";
import { hasProperty, refuseFact } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/** Which way the requests go that a filter sees, as its configuration says it. */
export const enum Direction {
  /** Not said: each stream's listener is asked. */
  UNKNOWN,
  INBOUND,
  OUTBOUND,
}

/** Envoy's `core.v3.TrafficDirection`, as `xds.listener_direction` gives it. */
const LISTENER_OUTBOUND: u64 = 2;

let direction: Direction = Direction.UNKNOWN;
let ownPrincipal: Text | null = null;
let isWaypoint = false;

/** Whether the peer showed an identity that is no SPIFFE ID. */
let malformed = false;
/** Whether there was none, and it is yet to be asked whether the peer showed a certificate at all. */
let unnamed = false;

/**
 * Says how the source of the current request is known: the plan's `direction:` and this workload's own identity
 * (`td/ns/x/sa/y`), null where the proxy does not know it; and whether the proxy is a waypoint, to which no client connects
 * by itself.
 */
export function useIdentity(said: Direction, own: Text | null, waypoint: bool = false): void {
  direction = said;
  ownPrincipal = own;
  isWaypoint = waypoint;
}

/**
 * The source's SPIFFE identity without `spiffe://`: the verified peer certificate's URI SAN. On an outbound listener, where
 * the peer is the application itself over plaintext, this workload's own identity, which cannot be told where the proxy does
 * not know it. On a waypoint, and on a sidecar for what came through HBONE, what the listener that ended the client's mTLS
 * put into filter state as `io.istio.peer_principal` (istio `pilot/pkg/xds/filters`,
 * `pilot/pkg/networking/core: buildInboundHBONEListeners`).
 *
 * Nothing where there is none, or where it is no SPIFFE ID in every byte (`isSpiffeId`); `identityIsMalformed` tells these
 * apart. The host shows the first URI SAN alone; Istio's certificates have one.
 */
export function readPrincipal(slot: Slot, _source: Value | null): void {
  if (isWaypoint) {
    readForwardedPrincipal(slot);
  } else if (isOutbound()) {
    const own = ownPrincipal;
    if (own != null) addValue(slot.number, own.start, own.length);
    else refuseFact();
  } else if (hasProperty(utf8("connection\0uri_san_peer_certificate"))) {
    addSpiffeId(slot);
  } else if (!readForwardedPrincipal(slot)) {
    unnamed = true;
  }
}

/**
 * Whether the principal of the current request was read, and is none though the peer did show a certificate: one without a
 * URI SAN, or with one that is no SPIFFE ID. What guards something must refuse the request. False for a peer without a
 * certificate, and as long as no rule has asked for the principal or a part of it.
 *
 * It may ask the host, so look at `factWasRefused` after it.
 */
export function identityIsMalformed(): bool {
  if (unnamed) {
    unnamed = false;
    malformed = hasCertificate();
  }
  return malformed;
}

/** Starts the next request. */
export function forgetIdentity(): void {
  malformed = false;
  unnamed = false;
}

/**
 * Reads what another listener put into filter state; gives whether one did. A connection without a certificate is `-` there
 * (Envoy's `%DOWNSTREAM_PEER_URI_SAN%`, which istiod's listeners set it to).
 */
function readForwardedPrincipal(slot: Slot): bool {
  if (!hasProperty(utf8("filter_state\0io.istio.peer_principal"))) return false;
  if (propertyLength != 0 && !utf8("-").is(propertyStart, propertyLength)) addSpiffeId(slot);
  return true;
}

function addSpiffeId(slot: Slot): void {
  if (isSpiffeId(propertyStart, propertyLength)) {
    const scheme = utf8("spiffe://").length;
    addValue(slot.number, propertyStart + scheme, propertyLength - scheme);
  } else {
    malformed = true;
  }
}

function hasCertificate(): bool {
  if (!hasProperty(utf8("connection\0mtls"))) return false;
  if (propertyLength != 1) refuseFact();
  return propertyLength == 1 && load<u8>(propertyStart) != 0;
}

function isOutbound(): bool {
  if (direction != Direction.UNKNOWN) return direction == Direction.OUTBOUND;
  if (!hasProperty(utf8("xds\0listener_direction"))) return false;
  if (propertyLength == 8) return load<u64>(propertyStart) == LISTENER_OUTBOUND;
  refuseFact();
  return false;
}
