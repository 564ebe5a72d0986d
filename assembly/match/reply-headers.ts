import { isHeaderName } from "../config/header-name";
import { Place } from "../config/place";
import { HeaderList } from "../host/header-list";
import { Region } from "../memory/region";
import { isFieldValue } from "../text/ascii";
import { Text, utf8 } from "../text/text";

/** Whether the filter itself writes a header of that name, which is in lower case. */
type IsOwn = (name: Text) => bool;

/**
 * Reads a map of headers for a reply of a filter's own, and adds them to a list. Refused are those that Envoy or the filter writes: a
 * reply that has one of them twice would be malformed, or say two things.
 */
export function readReplyHeaders(place: Place, headers: HeaderList, region: Region, isOwn: IsOwn): void {
  if (!place.object()) return;
  let entry = place.firstOfFew();
  while (entry != null) {
    const value = entry.string();
    const name = Text.lowered(region, entry.key);
    if (!isHeaderName(name) || isEnvoys(name) || isOwn(name)) {
      entry.error(utf8("not the name of a header that a reply can have"));
    } else if (value == null) {
      entry.required();
    } else if (isFieldValue(value.start, value.length)) {
      headers.add(name, Text.copy(region, value.start, value.length));
    } else {
      entry.expected(utf8("a header value without control bytes"));
    }
    entry = entry.next();
  }
}

function isEnvoys(name: Text): bool {
  const pseudo = load<u8>(name.start) == 0x3a;
  return pseudo || name.equals(utf8("content-length")) || name.equals(utf8("transfer-encoding"));
}
