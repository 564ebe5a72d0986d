import { propertyLength, propertyStart } from "../host/properties";
import { utf8 } from "../text/text";
import { hasProperty } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/**
 * The server name that the client asked for in TLS (SNI, RFC 6066 §3; the attribute `connection.requested_server_name`),
 * in lower case, as Envoy gives it. Nothing over plaintext or without one, and where the listener does not look for it: a
 * listener without the filter tls_inspector knows none.
 */
export function readServerName(slot: Slot, _source: Value | null): void {
  if (!hasProperty(utf8("connection\0requested_server_name")) || propertyLength == 0) return;
  addValue(slot.number, propertyStart, propertyLength);
}
