import { Writer } from "./writer";

const NANOSECONDS_A_MILLISECOND: u64 = 1000000;
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
  const milliseconds = nanoseconds / NANOSECONDS_A_MILLISECOND;
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
