import { propertyLength, propertyStart, readProperty } from "../host/properties";
import { Status } from "../host/status";
import { utf8 } from "../text/text";

/** Which way the requests of a plugin go, as its configuration says it. */
export const enum Direction {
  /** Not said: each stream's listener is asked. */
  UNKNOWN,
  INBOUND,
  OUTBOUND,
}

/** Which way a request goes: Envoy's `core.v3.TrafficDirection`, and that it cannot be known. */
export const enum TrafficDirection {
  /** The listener says none. */
  UNSPECIFIED,
  INBOUND,
  OUTBOUND,
  /** The host knows nothing of a listener: the request may be one that came in. */
  UNKNOWN,
  /** The host does not tell what the listener says: the same. */
  REFUSED,
}

let said: Direction = Direction.UNKNOWN;
let isRead = false;
let read: TrafficDirection = TrafficDirection.UNSPECIFIED;

/** Says what the configuration says of all requests. */
export function useDirection(direction: Direction): void {
  said = direction;
}

/** Starts the next request. */
export function forgetDirection(): void {
  isRead = false;
}

/**
 * The current request's direction: what the configuration says of all, else its listener's (`xds.listener_direction`), which can be
 * read within a stream only. The host is asked once a request.
 */
export function trafficDirection(): TrafficDirection {
  if (said == Direction.INBOUND) return TrafficDirection.INBOUND;
  if (said == Direction.OUTBOUND) return TrafficDirection.OUTBOUND;
  if (!isRead) read = readDirection();
  isRead = true;
  return read;
}

/** Whether `trafficDirection` asks the host for nothing. */
export function directionIsKnown(): bool {
  return said != Direction.UNKNOWN || isRead;
}

/** Whether a request may be one that came in. */
export function mayBeInbound(direction: TrafficDirection): bool {
  return direction == TrafficDirection.INBOUND || isUnknown(direction);
}

/** Whether it cannot be known which way a request goes. */
export function isUnknown(direction: TrafficDirection): bool {
  return direction >= TrafficDirection.UNKNOWN;
}

/** What the listener of the stream says whose callback runs, whatever the configuration says. */
export function readDirection(): TrafficDirection {
  const status = readProperty(utf8("xds\0listener_direction"));
  if (status == Status.NOT_FOUND) return TrafficDirection.UNKNOWN;
  if (status != Status.OK || propertyLength != 8) return TrafficDirection.REFUSED;
  const direction = load<u64>(propertyStart);
  return direction > 2 ? TrafficDirection.UNSPECIFIED : <TrafficDirection>direction;
}
