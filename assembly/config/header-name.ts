import { Region } from "../memory/region";
import { isTokenByte } from "../text/ascii";
import { Text, utf8 } from "../text/text";
import { Place } from "./place";

/** What is written at a place as a header's name: lower case, and `host` as `:authority`; null with a report where it is none. */
export function headerName(place: Place, key: Text, region: Region): Text | null {
  if (!isHeaderName(key)) {
    place.error(utf8("not a valid header name"));
    return null;
  }
  const name = Text.lowered(region, key);
  return name.equals(utf8("host")) ? utf8(":authority") : name;
}

/** A token (RFC 9110 §5.1), or one behind a colon: a pseudo-header. */
export function isHeaderName(name: Text): bool {
  const from: u32 = name.length > 0 && load<u8>(name.start) == 0x3a ? 1 : 0;
  if (name.length == from) return false;
  for (let i = from; i < name.length; i++) {
    if (!isTokenByte(load<u8>(name.start + i))) return false;
  }
  return true;
}
