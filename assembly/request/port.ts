import { arenaTake } from "../memory/arena";
import { propertyLength, propertyStart } from "../host/properties";
import { utf8 } from "../text/text";
import { hasProperty, refuseFact } from "./property";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/** The digits of the largest i64. */
const MAX_DIGITS: usize = 20;

/**
 * The listener's port (the attribute `destination.port`, an integer), in decimal; nothing where there is none, as for a
 * pipe.
 */
export function readPort(slot: Slot, _source: Value | null): void {
  if (!hasProperty(utf8("destination\0port"))) return;
  if (propertyLength != 8) return refuseFact();
  let port = load<u64>(propertyStart);
  const end = arenaTake(MAX_DIGITS) + MAX_DIGITS;
  let at = end;
  do {
    store<u8>(--at, 0x30 + (port % 10));
    port /= 10;
  } while (port > 0);
  addValue(slot.number, at, <u32>(end - at));
}
