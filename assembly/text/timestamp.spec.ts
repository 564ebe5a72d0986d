import { text } from "../../test/support/spec/bytes";
import { INVALID_TIMESTAMP, parseTimestamp, writeTimestamp } from "./timestamp";
import { Writer } from "./writer";

function timestamp(seconds: u64, nanoseconds: u64): string {
  const writer = Writer.open();
  writeTimestamp(writer, seconds * 1000000000 + nanoseconds);
  const text = String.UTF8.decodeUnsafe(writer.start, writer.length);
  writer.close();
  return text;
}

/** The seconds of each date are those that `date -u -d <date> +%s` prints. */
describe("writeTimestamp", () => {
  it("starts in 1970", () => {
    expect(timestamp(0, 0)).toBe("1970-01-01T00:00:00.000Z");
  });

  it("knows leap years, and that 2100 is none", () => {
    expect(timestamp(951782400, 0)).toBe("2000-02-29T00:00:00.000Z");
    expect(timestamp(1709251199, 0)).toBe("2024-02-29T23:59:59.000Z");
    expect(timestamp(1709251200, 0)).toBe("2024-03-01T00:00:00.000Z");
    expect(timestamp(4107542400, 0)).toBe("2100-03-01T00:00:00.000Z");
    expect(timestamp(4107542399, 0)).toBe("2100-02-28T23:59:59.000Z");
  });

  it("goes over the year's end, and cuts off what is below a millisecond", () => {
    expect(timestamp(1798761599, 999999999)).toBe("2026-12-31T23:59:59.999Z");
    expect(timestamp(1798761600, 1000000)).toBe("2027-01-01T00:00:00.001Z");
  });
});

const SECOND: i64 = 1000000000;

function is(written: string, expected: i64): void {
  expect<i64>(parseTimestamp(text(written))).toBe(expected, written);
}

function isNone(written: string): void {
  is(written, INVALID_TIMESTAMP);
}

/** The seconds of each are those that `date -u -d <date> +%s` prints. */
describe("parseTimestamp", () => {
  it("reads UTC", () => {
    is("1970-01-01T00:00:00Z", 0);
    is("2026-11-25T10:00:00Z", 1795600800 * SECOND);
    is("2026-12-31T23:59:59Z", 1798761599 * SECOND);
    is("2027-01-01T00:00:00Z", 1798761600 * SECOND);
  });

  it("reads offsets, of which -00:00 is UTC too (RFC 3339 §4.3)", () => {
    is("2026-11-25T10:00:00+00:00", 1795600800 * SECOND);
    is("2026-11-25T10:00:00-00:00", 1795600800 * SECOND);
    is("2026-11-25T11:00:00+01:00", 1795600800 * SECOND);
    is("2026-11-25T15:30:00+05:30", 1795600800 * SECOND);
    is("2026-11-25T00:00:00-10:00", 1795600800 * SECOND);
    is("2026-11-26T09:59:00+23:59", 1795600800 * SECOND);
    is("2026-11-24T10:01:00-23:59", 1795600800 * SECOND);
    is("1970-01-01T05:00:00+05:00", 0);
    is("1969-12-31T19:00:00-05:00", 0);
  });

  it("reads the RFC's own examples (§5.8)", () => {
    is("1985-04-12T23:20:50.52Z", 482196050 * SECOND + 520000000);
    is("1996-12-19T16:39:57-08:00", 851042397 * SECOND);
    is("1990-12-31T23:59:60Z", 662688000 * SECOND);
    is("1990-12-31T15:59:60-08:00", 662688000 * SECOND);
    // Before 1970.
    isNone("1937-01-01T12:00:27.87+00:20");
  });

  it("reads t and z in lower case", () => {
    is("2026-11-25t10:00:00z", 1795600800 * SECOND);
  });

  it("reads fractions, and cuts off what is below a nanosecond", () => {
    is("1970-01-01T00:00:00.0Z", 0);
    is("1970-01-01T00:00:01.5Z", 1500000000);
    is("1970-01-01T00:00:00.123456789Z", 123456789);
    is("1970-01-01T00:00:00.1234567899999Z", 123456789);
    is("1970-01-01T00:00:00.00000000099Z", 0);
    is("1970-01-01T01:00:00.25+01:00", 250000000);
  });

  it("takes a leap second for the next minute's first, at the end of a month by UTC alone", () => {
    is("2016-12-31T23:59:60Z", 1483228800 * SECOND);
    is("2016-12-31T23:59:60.5Z", 1483228800 * SECOND + 500000000);
    is("2015-06-30T23:59:60Z", 1435708800 * SECOND);
    is("2015-07-01T01:59:60+02:00", 1435708800 * SECOND);
    is("2017-01-01T05:29:60+05:30", 1483228800 * SECOND);
    is("2016-02-29T23:59:60Z", 1456790400 * SECOND);
    isNone("2016-12-30T23:59:60Z");
    isNone("2016-12-31T23:58:60Z");
    isNone("2016-12-31T22:59:60Z");
    isNone("2016-12-31T23:59:60+01:00");
    isNone("2016-12-31T23:59:61Z");
  });

  it("knows how many days a month has", () => {
    is("2024-02-29T23:59:59Z", 1709251199 * SECOND);
    is("2000-02-29T00:00:00Z", 951782400 * SECOND);
    is("2100-03-01T00:00:00Z", 4107542400 * SECOND);
    isNone("2100-02-29T00:00:00Z");
    isNone("2023-02-29T00:00:00Z");
    isNone("2024-02-30T00:00:00Z");
    isNone("2026-12-32T00:00:00Z");
    const days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (let month = 1; month <= 12; month++) {
      const start = "2026-" + month.toString().padStart(2, "0") + "-";
      expect<i64>(parseTimestamp(text(start + days[month - 1].toString() + "T00:00:00Z"))).not.toBe(
        INVALID_TIMESTAMP,
        start,
      );
      isNone(start + (days[month - 1] + 1).toString() + "T00:00:00Z");
    }
    isNone("2026-00-01T00:00:00Z");
    isNone("2026-13-01T00:00:00Z");
    isNone("2026-01-00T00:00:00Z");
  });

  it("gives back what writeTimestamp wrote, on every day to 2262", () => {
    let wrong = 0;
    for (let day: u64 = 0; day < 106751; day++) {
      const second = day * 86400 + (day % 86400);
      if (parseTimestamp(text(timestamp(second, 7000000))) != <i64>second * SECOND + 7000000) wrong++;
    }
    expect(wrong).toBe(0);
  });

  it("reads from 1970 to what 63 bits of nanoseconds reach", () => {
    isNone("1969-12-31T23:59:59.999999999Z");
    isNone("1970-01-01T00:00:00+00:01");
    isNone("0000-01-01T00:00:00Z");
    is("2262-04-11T23:47:16.854775807Z", i64.MAX_VALUE);
    isNone("2262-04-11T23:47:16.854775808Z");
    isNone("2262-04-11T23:47:17Z");
    isNone("9999-12-31T23:59:59Z");
  });

  it("refuses what the grammar does not have", () => {
    isNone("");
    isNone("2026-11-25");
    isNone("10:00:00Z");
    isNone("2026-11-25T10:00:00");
    isNone("2026-11-25T10:00Z");
    isNone("2026-11-25 10:00:00Z");
    isNone(" 2026-11-25T10:00:00Z");
    isNone("2026-11-25T10:00:00Z ");
    isNone("2026-11-25T10:00:00ZZ");
    isNone("2026-11-25T10:00:00.Z");
    isNone("2026-11-25T10:00:00,5Z");
    isNone("2026-11-25T10:00:00.5");
    isNone("2026-11-25T10:00:00.5.5Z");
    isNone("2026-11-25T24:00:00Z");
    isNone("2026-11-25T10:60:00Z");
    isNone("2026/11-25T10:00:00Z");
    isNone("2026-11/25T10:00:00Z");
    isNone("2026-11-25T10.00:00Z");
    isNone("2026-11-25T10:00.00Z");
    isNone("2026-11-25T10:00:00+01");
    isNone("2026-11-25T10:00:00+0100");
    isNone("2026-11-25T10:00:00+1:000");
    isNone("2026-11-25T10:00:00+24:00");
    isNone("2026-11-25T10:00:00+01:60");
    isNone("2026-11-25T10:00:00*01:00");
    isNone("2026-11-25T10:00:00+01:00Z");
    isNone("2026-11-25T10:00:00 UTC");
    isNone("+026-11-25T10:00:00Z");
    isNone("2026-1a-25T10:00:00Z");
    isNone("2026-11- 5T10:00:00Z");
    isNone("2026-11-25T1x:00:00Z");
    isNone("2026-11-25T10:0x:00Z");
    isNone("2026-11-25T10:00:0xZ");
    isNone("1795600800");
  });
});
