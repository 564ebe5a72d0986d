import { arenaTake } from "../memory/arena";
import { propertyLength, propertyStart } from "../host/properties";
import { MAX_ADDRESS_LENGTH, parseEndpoint } from "../text/ip-address";
import { Text, utf8 } from "../text/text";
import { hasProperty, refuseFact } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/**
 * The client's address (the attribute `source.address`): where the listener trusts `x-forwarded-for`, the one that stands
 * there, as for AuthorizationPolicy's `remoteIpBlocks`. Nothing for a client that has no IP address; a pipe's has a path.
 */
export function readRemoteAddress(slot: Slot, _source: Value | null): void {
  readAddress(slot, utf8("source\0address"));
}

/** The address that the connection was made to (the attribute `destination.address`), as for `destination.ip`. */
export function readDestinationAddress(slot: Slot, _source: Value | null): void {
  readAddress(slot, utf8("destination\0address"));
}

/**
 * The address of the connection's peer, as for AuthorizationPolicy's `ipBlocks`, from filter state under the slot's name:
 * there is no attribute for it, so a filter before this one puts it there (Envoy's set_filter_state with
 * `%DOWNSTREAM_DIRECT_REMOTE_ADDRESS%`, with or without its port). Where it is not there, the fact is refused.
 */
export function readDirectRemoteAddress(slot: Slot, _source: Value | null): void {
  const group = utf8("filter_state\0");
  const length = group.length + slot.name.length;
  const path = changetype<Text>(arenaTake(sizeof<u32>() + length));
  path.length = length;
  memory.copy(path.start, group.start, group.length);
  memory.copy(path.start + group.length, slot.name.start, slot.name.length);
  readAddress(slot, path);
}

/** Every request has the address: where it cannot be told, that is no client without one. */
function readAddress(slot: Slot, path: Text): void {
  if (!hasProperty(path)) return refuseFact();
  const address = arenaTake(MAX_ADDRESS_LENGTH);
  const length = parseEndpoint(propertyStart, propertyLength, address);
  if (length > 0) addValue(slot.number, address, length);
  else if (!isOtherAddress()) refuseFact();
}

/** Whether the property is the address of a pipe, by its path or its abstract name, or of an internal listener. */
function isOtherAddress(): bool {
  return startsWith(utf8("/")) || startsWith(utf8("@")) || startsWith(utf8("envoy://"));
}

function startsWith(prefix: Text): bool {
  return propertyLength > prefix.length && prefix.is(propertyStart, prefix.length);
}
