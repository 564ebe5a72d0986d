import { isBlank } from "../text/ascii";
import { addPart } from "./request";
import { Fact, Slot } from "./slots";
import { Value } from "./value";

/**
 * The cookies of the `cookie` headers, of each name the first: pairs between semicolons, blanks before a name left out,
 * quotes around a value taken off (RFC 6265 §4.2; Envoy `Http::Utility::parseCookieValue`).
 */
export function readCookies(_slot: Slot, header: Value | null): void {
  let value = header;
  while (value != null) {
    readCookiesFrom(value.start, value.start + value.length);
    value = value.next;
  }
}

function readCookiesFrom(start: usize, end: usize): void {
  let at = start;
  while (at < end) {
    while (at < end && isBlank(load<u8>(at))) at++;
    let stop = at;
    let equals: usize = 0;
    while (stop < end && load<u8>(stop) != 0x3b) {
      if (equals == 0 && load<u8>(stop) == 0x3d) equals = stop;
      stop++;
    }
    if (equals != 0) addCookie(at, equals, stop);
    at = stop + 1;
  }
}

function addCookie(name: usize, equals: usize, end: usize): void {
  let from = equals + 1;
  let to = end;
  while (to > from && isBlank(load<u8>(to - 1))) to--;
  if (to - from >= 2 && load<u8>(from) == 0x22 && load<u8>(to - 1) == 0x22) {
    from++;
    to--;
  }
  addPart(Fact.COOKIE, name, <u32>(equals - name), from, <u32>(to - from));
}
