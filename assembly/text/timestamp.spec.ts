import { writeTimestamp } from "./timestamp";
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
