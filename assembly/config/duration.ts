import { isDigit } from "../text/ascii";
import { Text, utf8 } from "../text/text";
import { Place } from "./place";
import { NANOSECONDS_PER_MILLISECOND } from "../text/nanoseconds";

/**
 * A duration as Istio writes it, in nanoseconds: Go's `time.ParseDuration` without a sign (`5s`, `100ms`, `1h30m`,
 * `1.5s`), at least 1ms and a multiple of 1ms (istio `pkg/config/validation/agent: ValidateDuration`).
 * `otherwise` where nothing stands there, with a report where it is something else.
 */
export function readDuration(place: Place, otherwise: i64): i64 {
  const text = place.string();
  if (text == null) return otherwise;
  const value = parseDuration(text);
  if (value < 0) {
    place.expected(utf8('a duration such as "5s", "100ms" or "1h30m"'));
    return otherwise;
  }
  if (value < <i64>NANOSECONDS_PER_MILLISECOND || value % <i64>NANOSECONDS_PER_MILLISECOND != 0) {
    place.expected(utf8("a duration of whole milliseconds, at least 1ms"));
    return otherwise;
  }
  return value;
}

/** The same in milliseconds, at most 2^32 - 1 of them: 49 days. */
export function readMilliseconds(place: Place, otherwise: u32): u32 {
  const value =
    readDuration(place, <i64>otherwise * <i64>NANOSECONDS_PER_MILLISECOND) / <i64>NANOSECONDS_PER_MILLISECOND;
  if (value <= <i64>u32.MAX_VALUE) return <u32>value;
  place.expected(utf8("a duration of at most 1193h2m47.295s"));
  return otherwise;
}

/** What no sum of nanoseconds may pass: 2^63. */
const LIMIT: u64 = 1 << 63;

/** Go's `time.ParseDuration` without a sign: nanoseconds, or -1 where the text is no duration or past 2^63 - 1 ns. */
export function parseDuration(text: Text): i64 {
  const end = text.start + text.length;
  let at = text.start;
  if (at == end) return -1;
  if (text.length == 1 && load<u8>(at) == 0x30) return 0;
  let total: u64 = 0;
  while (at < end) {
    const from = at;
    let whole: u64 = 0;
    while (at < end && isDigit(load<u8>(at))) {
      if (whole > LIMIT / 10) return -1;
      whole = whole * 10 + (load<u8>(at++) - 0x30);
      if (whole > LIMIT) return -1;
    }
    let digits = <u32>(at - from);
    // Digits of a fraction that no longer fit are left out, as Go's leadingFraction does.
    let fraction: u64 = 0;
    let scale: f64 = 1;
    if (at < end && load<u8>(at) == 0x2e) {
      at++;
      while (at < end && isDigit(load<u8>(at))) {
        if (fraction <= (LIMIT - 1) / 10) {
          fraction = fraction * 10 + (load<u8>(at) - 0x30);
          scale *= 10;
        }
        digits++;
        at++;
      }
    }
    if (digits == 0) return -1;
    const unitFrom = at;
    while (at < end && load<u8>(at) != 0x2e && !isDigit(load<u8>(at))) at++;
    const unit = unitNanoseconds(unitFrom, <u32>(at - unitFrom));
    if (unit == 0 || whole > LIMIT / unit) return -1;
    total += whole * unit + <u64>(<f64>fraction * (<f64>unit / scale));
    if (total > LIMIT) return -1;
  }
  return total < LIMIT ? <i64>total : -1;
}

function unitNanoseconds(start: usize, length: u32): u64 {
  if (utf8("h").is(start, length)) return 3_600_000_000_000;
  if (utf8("m").is(start, length)) return 60_000_000_000;
  if (utf8("s").is(start, length)) return 1_000_000_000;
  if (utf8("ms").is(start, length)) return 1_000_000;
  if (utf8("us").is(start, length) || utf8("µs").is(start, length) || utf8("μs").is(start, length)) return 1_000;
  if (utf8("ns").is(start, length)) return 1;
  return 0;
}
