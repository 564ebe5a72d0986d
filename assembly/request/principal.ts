import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { Text, utf8 } from "../text/text";
import { addValue } from "./request";
import { Slot } from "./slots";

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

/**
 * Says how the source of the current request is known: the plan's `direction:` and this workload's own identity
 * (`td/ns/x/sa/y`), null where the proxy does not know it.
 */
export function useIdentity(said: Direction, own: Text | null): void {
  direction = said;
  ownPrincipal = own;
}

/**
 * The source's SPIFFE identity without `spiffe://`: the verified peer certificate's URI SAN; on an outbound listener,
 * where the peer is the application itself over plaintext, this workload's own identity. Nothing where there is neither,
 * or where the SAN is no SPIFFE ID. The host shows the first URI SAN alone; Istio's certificates have one.
 */
export function readPrincipal(slot: Slot): void {
  if (isOutbound()) {
    const own = ownPrincipal;
    if (own != null) addValue(slot.number, own.start, own.length);
    return;
  }
  if (readProperty(utf8("connection\0uri_san_peer_certificate")) != Status.OK) return;
  const scheme = utf8("spiffe://");
  if (propertyLength <= scheme.length || !scheme.is(propertyStart, scheme.length)) return;
  addValue(slot.number, propertyStart + scheme.length, propertyLength - scheme.length);
}

function isOutbound(): bool {
  if (direction != Direction.UNKNOWN) return direction == Direction.OUTBOUND;
  if (readProperty(utf8("xds\0listener_direction")) != Status.OK || propertyLength != 8) return false;
  return load<u64>(propertyStart) == LISTENER_OUTBOUND;
}
