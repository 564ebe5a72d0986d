import { utf8 } from "../text/text";
import { INVALID_TIMESTAMP, parseTimestamp } from "../text/timestamp";
import { Place } from "./place";

/**
 * A time as RFC 3339 §5.6 has it (`2026-11-25T10:00:00Z`, `2026-11-25T11:00:00+01:00`), in nanoseconds since 1970.
 * `otherwise` where nothing stands there, with a report where it is something else, before 1970 or after 2262.
 */
export function readTimestamp(place: Place, otherwise: i64): i64 {
  const text = place.string();
  if (text == null) return otherwise;
  const value = parseTimestamp(text);
  if (value != INVALID_TIMESTAMP) return value;
  place.expected(utf8('an RFC 3339 time such as "2026-11-25T10:00:00Z"'));
  return otherwise;
}
