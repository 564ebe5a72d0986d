import { Place } from "../config/place";
import { utf8 } from "../text/text";

/** Up to so many a request does not feel. */
const UNFELT: u32 = 100;

let counts = false;
let most: u32 = 0;

/**
 * Says whether it is counted what the indexes that are made from now on leave to be tried one by one, for `warnOfTried`. A module that
 * never says so is without the code.
 */
export function countTried(wanted: bool): void {
  counts = wanted;
  most = 0;
}

/** Whether that is counted. Ask before counting. */
export function countsTried(): bool {
  return counts;
}

/** Notes that a request may have to try so many rules or values one by one. */
export function noteTried(count: u32): void {
  most = max(most, count);
}

/** Warns at the place of a filter's rules if a request may have to try many of them one by one, and starts anew. */
export function warnOfTried(place: Place): void {
  if (most > UNFELT) {
    const writer = place.begin();
    writer.text(utf8("a request may have to try "));
    writer.integer(most);
    writer.text(
      utf8(
        " rules or values one by one: a regex finds its rules only if four bytes in a row are part of every match; negative conditions and expressions never do",
      ),
    );
    place.report.warning();
  }
  most = 0;
}
