import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { isSpiffeId } from "../text/spiffe-id";
import { Text, utf8 } from "../text/text";
import { Doubt, addDoubt, askedWithDoubts, doubtsAsked } from "./doubts";
import { hasProperty, refuseFact } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Direction, TrafficDirection, forgetDirection, trafficDirection, useDirection } from "./traffic-direction";
import { Value } from "./value";

let ownPrincipal: Text | null = null;
let isWaypoint = false;

/** What the current request's peer showed. */
const enum Certificate {
  NOT_ASKED,
  NONE,
  SHOWN,
  /** The host does not say. */
  REFUSED,
}

let certificate: Certificate = Certificate.NOT_ASKED;

/**
 * Says how the source of the current request is known: the plan's `direction:` and this workload's own identity
 * (`td/ns/x/sa/y`), null where the proxy does not know it; and whether the proxy is a waypoint, to which no client connects
 * by itself.
 */
export function useIdentity(said: Direction, own: Text | null, waypoint: bool = false): void {
  useDirection(said);
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
    addDoubt(Doubt.UNNAMED);
  }
}

/**
 * Whether the principal of the current request was asked for since `forgetAsked`, and is none though the peer did show a certificate:
 * one without a URI SAN, or with one that is no SPIFFE ID. What guards something must refuse the request. False for a peer
 * without a certificate.
 *
 * It may ask the host, so look at `factWasRefused` after it.
 */
export function identityIsMalformed(): bool {
  const doubts = doubtsAsked();
  return (doubts & Doubt.MALFORMED) != 0 || ((doubts & Doubt.UNNAMED) != 0 && hasCertificate());
}

/** Starts the next request. */
export function forgetIdentity(): void {
  certificate = Certificate.NOT_ASKED;
  forgetDirection();
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
    addDoubt(Doubt.MALFORMED);
  }
}

function hasCertificate(): bool {
  if (certificate == Certificate.NOT_ASKED) certificate = readCertificate();
  if (certificate == Certificate.REFUSED) askedWithDoubts(Doubt.REFUSED);
  return certificate == Certificate.SHOWN;
}

function readCertificate(): Certificate {
  const status = readProperty(utf8("connection\0mtls"));
  if (status == Status.NOT_FOUND) return Certificate.NONE;
  if (status != Status.OK || propertyLength != 1) return Certificate.REFUSED;
  return load<u8>(propertyStart) != 0 ? Certificate.SHOWN : Certificate.NONE;
}

function isOutbound(): bool {
  const direction = trafficDirection();
  if (direction == TrafficDirection.REFUSED) refuseFact();
  return direction == TrafficDirection.OUTBOUND;
}
