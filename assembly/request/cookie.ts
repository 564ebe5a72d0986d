import { isBlank } from "../text/ascii";
import { Slot } from "./slots";
import { addValue } from "./states";
import { Value } from "./value";

/**
 * The first cookie of the slot's name in the `cookie` headers: pairs between semicolons, blanks before a name left out,
 * quotes around a value taken off (RFC 6265 §4.2; Envoy `Http::Utility::parseCookieValue`).
 */
export function readCookie(slot: Slot, header: Value | null): void {
  let value = header;
  while (value != null) {
    if (readCookieFrom(slot, value.start, value.start + value.length)) return;
    value = value.next;
  }
}

function readCookieFrom(slot: Slot, start: usize, end: usize): bool {
  let at = start;
  while (at < end) {
    while (at < end && isBlank(load<u8>(at))) at++;
    let stop = at;
    let equals: usize = 0;
    while (stop < end && load<u8>(stop) != 0x3b) {
      if (equals == 0 && load<u8>(stop) == 0x3d) equals = stop;
      stop++;
    }
    if (equals != 0 && slot.name.is(at, <u32>(equals - at))) {
      let from = equals + 1;
      let to = stop;
      while (to > from && isBlank(load<u8>(to - 1))) to--;
      if (to - from >= 2 && load<u8>(from) == 0x22 && load<u8>(to - 1) == 0x22) {
        from++;
        to--;
      }
      addValue(slot.number, from, <u32>(to - from));
      return true;
    }
    at = stop + 1;
  }
  return false;
}
