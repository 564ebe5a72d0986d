import { isDigit, lower } from "./ascii";
import { Text, utf8 } from "./text";
import { Writer } from "./writer";
import { NANOSECONDS_PER_MILLISECOND, NANOSECONDS_PER_SECOND } from "./nanoseconds";

const SECONDS_A_DAY: u64 = 86400;
/** Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar. */
const DAYS_TO_1970: u64 = 719468;
/** Days of 400 years, after which the calendar repeats. */
const DAYS_OF_ERA: u64 = 146097;

/**
 * Writes nanoseconds since 1970 as UTC with milliseconds, cut off: `2026-11-25T02:31:06.123Z` (RFC 3339 §5.6).
 *
 * Years are counted from March on, so that the leap day is the last of its year (Howard Hinnant, "chrono-compatible
 * low-level date algorithms", `civil_from_days`).
 */
export function writeTimestamp(writer: Writer, nanoseconds: u64): void {
  const milliseconds = nanoseconds / NANOSECONDS_PER_MILLISECOND;
  const seconds = milliseconds / 1000;
  const days = seconds / SECONDS_A_DAY + DAYS_TO_1970;
  const dayOfEra = days % DAYS_OF_ERA;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const fromMarch = (5 * dayOfYear + 2) / 153;
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  const year = yearOfEra + (days / DAYS_OF_ERA) * 400 + <u64>(month <= 2);
  const secondOfDay = seconds % SECONDS_A_DAY;
  padded(writer, year, 1000);
  writer.byte(0x2d);
  padded(writer, month, 10);
  writer.byte(0x2d);
  padded(writer, dayOfYear - (153 * fromMarch + 2) / 5 + 1, 10);
  writer.byte(0x54);
  padded(writer, secondOfDay / 3600, 10);
  writer.byte(0x3a);
  padded(writer, (secondOfDay / 60) % 60, 10);
  writer.byte(0x3a);
  padded(writer, secondOfDay % 60, 10);
  writer.byte(0x2e);
  padded(writer, milliseconds % 1000, 100);
  writer.byte(0x5a);
}

/** Writes a number with so many digits that the first stands for `largest`. */
function padded(writer: Writer, value: u64, largest: u64): void {
  for (let digit = largest; digit > 0; digit /= 10) writer.byte(0x30 + <u32>((value / digit) % 10));
}

/** What `parseTimestamp` gives where a text is no time, or none that it can tell. */
export const INVALID_TIMESTAMP: i64 = i64.MIN_VALUE;

/** Bytes of `2026-11-25T10:00:00`. */
const WITHOUT_FRACTION: u32 = 19;

/**
 * The nanoseconds since 1970 of an RFC 3339 §5.6 `date-time`; digits of a fraction past the ninth are cut off.
 * `INVALID_TIMESTAMP` where the text is none, names a day that its month has not, or is before 1970 or past what 63 bits
 * of nanoseconds reach (2262-04-11T23:47:16.854775807Z).
 *
 * `t` and `z` may be in lower case. Second 60 stands for the first of the next minute, as in POSIX time, which has no
 * leap seconds; it is taken only where one can be, at the end of a month by UTC (§5.7, Appendix D).
 */
export function parseTimestamp(text: Text): i64 {
  const at = text.start;
  const end = at + text.length;
  if (text.length <= WITHOUT_FRACTION) return INVALID_TIMESTAMP;
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d || lower(load<u8>(at, 10)) != 0x74) return INVALID_TIMESTAMP;
  if (load<u8>(at, 13) != 0x3a || load<u8>(at, 16) != 0x3a) return INVALID_TIMESTAMP;
  const year = digits(at, 4, 9999);
  const month = digits(at + 5, 2, 12);
  const day = digits(at + 8, 2, 31);
  const hour = digits(at + 11, 2, 23);
  const minute = digits(at + 14, 2, 59);
  const second = digits(at + 17, 2, 60);
  if ((year | month | day | hour | minute | second) < 0 || month == 0 || day == 0) return INVALID_TIMESTAMP;
  const days = daysTo(year, month) + day - 1;
  if (days >= daysTo(year, month + 1)) return INVALID_TIMESTAMP;

  let rest = at + WITHOUT_FRACTION;
  let nanoseconds: u64 = 0;
  if (load<u8>(rest) == 0x2e) {
    const first = ++rest;
    for (let value: u64 = NANOSECONDS_PER_SECOND / 10; rest < end && isDigit(load<u8>(rest)); value /= 10) {
      nanoseconds += value * (load<u8>(rest++) - 0x30);
    }
    if (rest == first) return INVALID_TIMESTAMP;
  }
  const offset = offsetMinutes(rest, end);
  if (offset == INVALID_OFFSET) return INVALID_TIMESTAMP;

  const seconds = days * <i64>SECONDS_A_DAY + hour * 3600 + (minute - offset) * 60 + second;
  if (second == 60 && !isStartOfMonth(seconds, year, month)) return INVALID_TIMESTAMP;
  if (seconds < 0 || <u64>seconds > <u64>i64.MAX_VALUE / NANOSECONDS_PER_SECOND) return INVALID_TIMESTAMP;
  const total = <u64>seconds * NANOSECONDS_PER_SECOND + nanoseconds;
  return total <= <u64>i64.MAX_VALUE ? <i64>total : INVALID_TIMESTAMP;
}

/** The number that `count` digits make; -1 where they are no digits or make more than `most`. */
function digits(at: usize, count: u32, most: i64): i64 {
  let value: i64 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (!isDigit(load<u8>(at + i))) return -1;
    value = value * 10 + (load<u8>(at + i) - 0x30);
  }
  return value <= most ? value : -1;
}

const INVALID_OFFSET: i64 = i64.MAX_VALUE;

/** How many minutes local time is ahead of UTC, by `Z`, `+hh:mm` or `-hh:mm` (`time-offset`), which must be all up to `end`. */
function offsetMinutes(at: usize, end: usize): i64 {
  if (end - at == 1) return lower(load<u8>(at)) == 0x7a ? 0 : INVALID_OFFSET;
  if (end - at != 6 || load<u8>(at, 3) != 0x3a) return INVALID_OFFSET;
  const sign = load<u8>(at);
  const hours = digits(at + 1, 2, 23);
  const minutes = digits(at + 4, 2, 59);
  if ((hours | minutes) < 0 || (sign != 0x2b && sign != 0x2d)) return INVALID_OFFSET;
  return sign == 0x2b ? hours * 60 + minutes : -(hours * 60 + minutes);
}

/** Days from 1970 to the first of a month, which may be the 13th: the next January (Hinnant, as above, `days_from_civil`). */
function daysTo(year: i64, month: i64): i64 {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  // Years from March on, with a whole era added so that none is below 0.
  const years = 400 + year - <i64>(month <= 2);
  const days = 365 * years + years / 4 - years / 100 + years / 400 + (153 * fromMarch + 2) / 5;
  return days - <i64>(DAYS_OF_ERA + DAYS_TO_1970);
}

/** Whether so many seconds since 1970 are the first of a month by UTC: this one or the next, as no offset is a whole day. */
function isStartOfMonth(seconds: i64, year: i64, month: i64): bool {
  return seconds == daysTo(year, month) * <i64>SECONDS_A_DAY || seconds == daysTo(year, month + 1) * <i64>SECONDS_A_DAY;
}

/** Bytes of `Sun, 06 Nov 1994 08:49:37 GMT`. */
const HTTP_DATE: u32 = 29;

/** The nanoseconds since 1970 of an HTTP date (RFC 9110 §5.6.7, `IMF-fixdate`); `INVALID_TIMESTAMP` where the text is none. */
export function parseHttpDate(start: usize, length: u32): i64 {
  if (length != HTTP_DATE || load<u32>(start, 25) != 0x544d4720) return INVALID_TIMESTAMP;
  const day = digits(start + 5, 2, 31);
  const month = monthNamed(load<u32>(start, 8) & 0xffffff);
  const year = digits(start + 12, 4, 2261);
  const hour = digits(start + 17, 2, 23);
  const minute = digits(start + 20, 2, 59);
  const second = digits(start + 23, 2, 60);
  if ((day | year | hour | minute | second) < 0 || month == 0 || year < 1970) return INVALID_TIMESTAMP;
  const seconds = (daysTo(year, month) + day - 1) * <i64>SECONDS_A_DAY + hour * 3600 + minute * 60 + second;
  return seconds * <i64>NANOSECONDS_PER_SECOND;
}

/** The month whose name's three letters are those, the first one the lowest byte; 0 if none is. */
function monthNamed(letters: u32): i64 {
  const names = utf8("JanFebMarAprMayJunJulAugSepOctNovDec").start;
  for (let month: usize = 0; month < 12; month++) {
    if ((load<u32>(names + month * 3) & 0xffffff) == letters) return <i64>month + 1;
  }
  return 0;
}
