import { read, write } from "../test/spec/trace-formats";
import { FormatId } from "./format";

const TRACE = "105445aa7843bc8bf206b12000100000";

function cloudTrace(value: string): string {
  return read(FormatId.CLOUD_TRACE, "x-cloud-trace-context: " + value);
}

function isInvalid(value: string): void {
  expect(cloudTrace(value)).toBe("invalid", value);
}

describe("x-cloud-trace-context", () => {
  it("reads as in the examples of App Engine's TraceContextHelper", () => {
    const trace = "000000000000007b00000000000001c8 ";
    // 789 in hexadecimal.
    const span = "0000000000000315 ";
    const none = "0000000000000000 ";
    expect(cloudTrace("000000000000007b00000000000001c8/789;o=1")).toBe(trace + span + "yes");
    expect(cloudTrace("000000000000007b00000000000001c8/789;o=")).toBe(trace + span + "undecided");
    expect(cloudTrace("000000000000007b00000000000001c8/789")).toBe(trace + span + "undecided");
    expect(cloudTrace("000000000000007b00000000000001c8/;o=1")).toBe(trace + none + "yes");
    expect(cloudTrace("000000000000007b00000000000001c8/;o=")).toBe(trace + none + "undecided");
    expect(cloudTrace("000000000000007b00000000000001c8/")).toBe(trace + none + "undecided");
    expect(cloudTrace("000000000000007b00000000000001c8;o=1")).toBe(trace + none + "yes");
    expect(cloudTrace("000000000000007b00000000000001c8;o=")).toBe(trace + none + "undecided");
    expect(cloudTrace("000000000000007b00000000000001c8")).toBe(trace + none + "undecided");
  });

  it("has a decision of 1 or 0", () => {
    expect(cloudTrace(TRACE + "/1;o=0")).toBe(TRACE + " 0000000000000001 no");
    // A mask of one byte: bit 0 alone is the decision.
    expect(cloudTrace(TRACE + "/1;o=2")).toBe(TRACE + " 0000000000000001 no");
    expect(cloudTrace(TRACE + "/1;o=3")).toBe(TRACE + " 0000000000000001 yes");
    expect(cloudTrace(TRACE + "/1;o=01")).toBe(TRACE + " 0000000000000001 yes");
    expect(cloudTrace(TRACE + "/1;o=255")).toBe(TRACE + " 0000000000000001 yes");
    isInvalid(TRACE + "/1;o=256");
    isInvalid(TRACE + "/1;o=/");
    isInvalid(TRACE + "/1;o=x");
    isInvalid(TRACE + "/1;o=1;");
    isInvalid(TRACE + "/1;o=1 ");
    isInvalid(TRACE + "/1;");
    isInvalid(TRACE + "/1;o");
    isInvalid(TRACE + "/1;O=1");
    isInvalid(TRACE + "/1;x=1");
    isInvalid(TRACE + "/1o=1");
    isInvalid(TRACE + "o=1");
    isInvalid(TRACE + ";o=1/1");
  });

  it("has a span in decimal, of 64 bits; 0 is none", () => {
    expect(cloudTrace(TRACE + "/18446744073709551615;o=1")).toBe(TRACE + " ffffffffffffffff yes");
    expect(cloudTrace(TRACE + "/0000000000000001;o=1")).toBe(TRACE + " 0000000000000001 yes");
    expect(cloudTrace(TRACE + "/0;o=1")).toBe(TRACE + " 0000000000000000 yes");
    isInvalid(TRACE + "/18446744073709551616;o=1");
    isInvalid(TRACE + "/00f067aa0ba902b7;o=1");
    isInvalid(TRACE + "/-1");
    isInvalid(TRACE + "//1");
    isInvalid(TRACE + "/1 ;o=1");
  });

  it("has a trace of 32 digits of either case, not all zeroes", () => {
    expect(cloudTrace("105445AA7843bc8bf206b12000100000/1")).toBe(TRACE + " 0000000000000001 undecided");
    isInvalid("");
    isInvalid("105445aa7843bc8bf206b1200010000/1;o=1");
    isInvalid("105445aa7843bc8bf206b120001000000/1;o=1");
    isInvalid("105445aa7843bc8bf206b1200010000g/1;o=1");
    isInvalid("00000000000000000000000000000000/1;o=1");
    isInvalid(TRACE + "-1");
    isInvalid("/1;o=1");
  });

  it("that is repeated is none", () => {
    const header = "x-cloud-trace-context: " + TRACE + "/1;o=1";
    expect(read(FormatId.CLOUD_TRACE, header + "\n" + header)).toBe("invalid");
  });

  it("is absent where the header is", () => {
    expect(read(FormatId.CLOUD_TRACE, "x-cloud-trace: " + TRACE + "/1;o=1")).toBe("absent");
  });
});

describe("x-cloud-trace-context that is written", () => {
  it("is TRACE_ID/SPAN_ID;o=OPTIONS, without options where the decision is open", () => {
    const header = "x-cloud-trace-context: 000000000000007b00000000000001c8/789";
    const ids = "000000000000007b00000000000001c8 315 ";
    expect(write(FormatId.CLOUD_TRACE, ids + "yes", "")).toBe(header + ";o=1");
    expect(write(FormatId.CLOUD_TRACE, ids + "debug", "")).toBe(header + ";o=1");
    expect(write(FormatId.CLOUD_TRACE, ids + "no random", "x-cloud-trace-context: x")).toBe(header + ";o=0");
    expect(write(FormatId.CLOUD_TRACE, ids + "undecided", "")).toBe(header);
  });

  it("has the longest span, and zeroes on the left of an id of 64 bits", () => {
    expect(write(FormatId.CLOUD_TRACE, "1c8 ffffffffffffffff yes", "")).toBe(
      "x-cloud-trace-context: 000000000000000000000000000001c8/18446744073709551615;o=1",
    );
  });
});
