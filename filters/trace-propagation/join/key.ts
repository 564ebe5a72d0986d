import { firstOfEach } from "../../../assembly/request/request";
import { Value } from "../../../assembly/request/value";

/** Keys that are longer join nothing. */
const MAX_KEY_LENGTH: u32 = 256;

const UUID_LENGTH: u32 = 36;
const DASH: u8 = 0x2d;
/** Where Envoy's connection manager writes into a UUID why a request is traced. */
const REASON: usize = 14;
/** That it is not; and the others: sampled, forced by the service, forced by the client. */
const NO_TRACE: u8 = 0x34;
const SAMPLED: u8 = 0x39;
const FORCED: u8 = 0x61;
const CLIENT: u8 = 0x62;

/** A key is put together here where it is not as it came. */
const uuid: usize = memory.data(36, 8);

/**
 * The current request's key in a header, as it counts until the next one is asked for: its only value, not empty and not too long;
 * null where it has none.
 *
 * Of a UUID it does not count why the request is traced: each connection manager on its way that has a tracer tells that anew, in the
 * digit that for UUIDs of version 4 is always 4 (Envoy `extensions/request_id/uuid/config.cc: setTraceReason`). So the workload may
 * pass on another digit than the filter saw.
 */
export function keyIn(slot: u32): Value | null {
  const value = firstOfEach(slot);
  if (value == null || value.next != null || value.length == 0 || value.length > MAX_KEY_LENGTH) return null;
  if (value.length != UUID_LENGTH || !tellsReason(value.start)) return value;
  memory.copy(uuid, value.start, UUID_LENGTH);
  store<u8>(uuid, NO_TRACE, REASON);
  return Value.of(uuid, UUID_LENGTH);
}

function tellsReason(start: usize): bool {
  if (load<u8>(start, 8) != DASH || load<u8>(start, 13) != DASH) return false;
  if (load<u8>(start, 18) != DASH || load<u8>(start, 23) != DASH) return false;
  const reason = load<u8>(start, REASON);
  return reason == SAMPLED || reason == FORCED || reason == CLIENT;
}
