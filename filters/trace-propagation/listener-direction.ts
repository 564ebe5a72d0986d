import { propertyLength, propertyStart, readProperty } from "../../assembly/host/properties";
import { Status } from "../../assembly/host/status";
import { Direction } from "../../assembly/request/principal";
import { utf8 } from "../../assembly/text/text";

/**
 * Which way the requests of the current stream's listener go (Envoy `core.v3.TrafficDirection`, as `xds.listener_direction` gives
 * it); unknown where the listener does not say. It can be read within a stream only.
 *
 * Where the host does not tell, the request may be one that came in, and is taken for that: what is remembered too much makes
 * the join miss, and what is remembered too little would make it err.
 */
export function listenerDirection(): Direction {
  if (readProperty(utf8("xds\0listener_direction")) != Status.OK || propertyLength != 8) return Direction.INBOUND;
  const direction = load<u64>(propertyStart);
  if (direction == 1) return Direction.INBOUND;
  return direction == 2 ? Direction.OUTBOUND : Direction.UNKNOWN;
}
