import { Text, utf8 } from "../text/text";
import { Place } from "./place";

/** The longest name of a resource of Kubernetes, in bytes (RFC 1123 subdomain): it is written out for each of its routes, hosts or circuits. */
const MAX_NAME: u32 = 253;

/** The name that was read at a place; null, with a report, if it is longer than Kubernetes has names. */
export function ofUsualLength(place: Place, name: Text | null): Text | null {
  if (name == null || name.length <= MAX_NAME) return name;
  place.expected(utf8("a name of at most 253 bytes"));
  return null;
}
