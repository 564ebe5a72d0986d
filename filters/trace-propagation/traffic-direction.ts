import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { Direction } from "../../assembly/request/principal";
import { utf8 } from "../../assembly/text/text";

/** Which way a request goes: Envoy's `core.v3.TrafficDirection`, and that it cannot be known. */
export const enum TrafficDirection {
  /** The listener says none. */
  UNSPECIFIED,
  INBOUND,
  OUTBOUND,
  /** The host does not tell what the listener says: the request may be one that came in. */
  UNKNOWN,
}

/**
 * The current request's direction: what the configuration says of all, else its listener's (`xds.listener_direction`), which can be
 * read within a stream only.
 */
export function trafficDirection(configured: Direction): TrafficDirection {
  if (configured == Direction.INBOUND) return TrafficDirection.INBOUND;
  if (configured == Direction.OUTBOUND) return TrafficDirection.OUTBOUND;
  if (readProperty(utf8("xds\0listener_direction")) != Status.OK || propertyLength != 8)
    return TrafficDirection.UNKNOWN;
  const direction = load<u64>(propertyStart);
  return direction > 2 ? TrafficDirection.UNSPECIFIED : <TrafficDirection>direction;
}
