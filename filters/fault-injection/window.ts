import { Place } from "../../assembly/config/place";
import { readTimestamp } from "../../assembly/config/timestamp";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";

/** A time in which faults are injected: from the first moment on, before the second. */
@unmanaged
export class Window {
  /** In nanoseconds since 1970. */
  from: i64;
  until: i64;

  /** Whether a time in nanoseconds since 1970 lies in it; never where the clock is not known, which 0 says. */
  contains(now: u64): bool {
    return now != 0 && <i64>now >= this.from && <i64>now < this.until;
  }
}

/** Reads `window: {from, until}`, either of which may be absent; null where none is given. */
export function readWindow(place: Place, region: Region): Window | null {
  if (!place.object()) return null;
  const from = place.field(utf8("from"));
  const until = place.field(utf8("until"));
  place.noOtherFields();
  const window = changetype<Window>(region.take(offsetof<Window>()));
  window.from = readTimestamp(from, i64.MIN_VALUE);
  window.until = readTimestamp(until, i64.MAX_VALUE);
  if (!from.present && !until.present) place.expected(utf8("from, until or both"));
  else if (window.from > window.until) place.error(utf8("the window ends before it begins"));
  else if (window.from == window.until) place.error(utf8("the window ends when it begins"));
  return window;
}
