import { read, write } from "../test/spec/trace-formats";
import { FormatId } from "./format";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

function jaeger(value: string): string {
  return read(FormatId.JAEGER, "uber-trace-id: " + value);
}

function isInvalid(value: string): void {
  expect(jaeger(value)).toBe("invalid", value);
}

describe("uber-trace-id", () => {
  it("reads {trace-id}:{span-id}:{parent-span-id}:{flags}", () => {
    // The example of OpenTelemetry's propagator for Python.
    expect(jaeger("000000000000000000000000deadbeef:00000000deadbef0:00000000:01")).toBe(
      "000000000000000000000000deadbeef 00000000deadbef0 yes",
    );
    expect(jaeger(TRACE + ":" + SPAN + ":0:1")).toBe(TRACE + " " + SPAN + " yes");
    expect(jaeger(TRACE + ":" + SPAN + ":05e3ac9a4f6e3b90:0")).toBe(TRACE + " " + SPAN + " no");
  });

  it("pads ids on the left", () => {
    expect(jaeger("1:2:0:1")).toBe("00000000000000000000000000000001 0000000000000002 yes");
    expect(jaeger("1a3ce929d0e0e4736:f067aa0ba902b7:1:1")).toBe("0000000000000001a3ce929d0e0e4736 " + SPAN + " yes");
    expect(jaeger("a3ce929d0e0e4736:" + SPAN + ":0:1")).toBe("0000000000000000a3ce929d0e0e4736 " + SPAN + " yes");
  });

  it("takes digits of either case", () => {
    expect(jaeger("4BF92f3577b34da6a3ce929d0e0e4736:00F067AA0BA902B7:F:1")).toBe(TRACE + " " + SPAN + " yes");
  });

  it("has flags of one or two digits, of which sampled and debug are looked at", () => {
    const ids = TRACE + " " + SPAN + " ";
    const before = TRACE + ":" + SPAN + ":0:";
    expect(jaeger(before + "3")).toBe(ids + "debug");
    expect(jaeger(before + "03")).toBe(ids + "debug");
    expect(jaeger(before + "00")).toBe(ids + "no");
    expect(jaeger(before + "2")).toBe(ids + "no");
    expect(jaeger(before + "8")).toBe(ids + "no");
    expect(jaeger(before + "9")).toBe(ids + "yes");
    expect(jaeger(before + "fF")).toBe(ids + "debug");
    isInvalid(before);
    isInvalid(before + "001");
    isInvalid(before + "g");
    isInvalid(before + "0g");
    isInvalid(before + "1:");
    isInvalid(before + "1 ");
  });

  it("may have its colons encoded as in URLs", () => {
    expect(jaeger(TRACE + "%3A" + SPAN + "%3A0%3A1")).toBe(TRACE + " " + SPAN + " yes");
    expect(jaeger(TRACE + "%3a" + SPAN + ":0%3A1")).toBe(TRACE + " " + SPAN + " yes");
    isInvalid(TRACE + "%3B" + SPAN + "%3A0%3A1");
    isInvalid(TRACE + "%2A" + SPAN + "%3A0%3A1");
    isInvalid(TRACE + "&3A" + SPAN + "%3A0%3A1");
    isInvalid(TRACE + "%3A" + SPAN + "%3A0%3");
    isInvalid(TRACE + "%3A" + SPAN + "%3A0%");
    isInvalid(TRACE + "%3A" + SPAN + "%3A0%3A");
  });

  it("has a trace and a span, neither 0, and a parent that may be", () => {
    isInvalid("0:" + SPAN + ":0:1");
    isInvalid("00000000000000000000000000000000:" + SPAN + ":0:1");
    isInvalid(TRACE + ":0:0:1");
    isInvalid(TRACE + ":0000000000000000:0:1");
    expect(jaeger(TRACE + ":" + SPAN + ":0000000000000000:1")).toBe(TRACE + " " + SPAN + " yes");
    isInvalid(":" + SPAN + ":0:1");
    isInvalid(TRACE + "::0:1");
    isInvalid(TRACE + ":" + SPAN + "::1");
  });

  it("has numbers that are not too long, in digits, and four of them", () => {
    isInvalid("0" + TRACE + ":" + SPAN + ":0:1");
    isInvalid(TRACE + ":0" + SPAN + ":0:1");
    isInvalid(TRACE + ":" + SPAN + ":00000000000000000:1");
    isInvalid(TRACE + ":" + SPAN + ":x:1");
    isInvalid("g:" + SPAN + ":0:1");
    isInvalid(TRACE + ":-1:0:1");
    isInvalid(TRACE + ":" + SPAN + ":1");
    isInvalid(TRACE + ":" + SPAN);
    isInvalid(TRACE);
    isInvalid("");
    isInvalid(TRACE + ":" + SPAN + ":0:0:1");
  });

  it("that is repeated is none", () => {
    expect(read(FormatId.JAEGER, "uber-trace-id: 1:2:0:1\nuber-trace-id: 1:2:0:1")).toBe("invalid");
  });

  it("is absent where the header is", () => {
    expect(read(FormatId.JAEGER, "uberctx-key1: value1")).toBe("absent");
  });
});

describe("uber-trace-id that is written", () => {
  it("has ids of 16 and 32 digits and no parent", () => {
    expect(write(FormatId.JAEGER, TRACE + " " + SPAN + " yes", "")).toBe(
      "uber-trace-id: 4bf92f3577b34da6a3ce929d0e0e4736:00f067aa0ba902b7:0:1",
    );
    expect(write(FormatId.JAEGER, "1 2 no", "uber-trace-id: 7:7:7:f")).toBe(
      "uber-trace-id: 0000000000000001:0000000000000002:0:0",
    );
  });

  it("has debug only with sampled, and an open decision not sampled", () => {
    expect(write(FormatId.JAEGER, TRACE + " " + SPAN + " debug", "")).toBe(
      "uber-trace-id: " + TRACE + ":" + SPAN + ":0:3",
    );
    expect(write(FormatId.JAEGER, TRACE + " " + SPAN + " undecided random", "")).toBe(
      "uber-trace-id: " + TRACE + ":" + SPAN + ":0:0",
    );
  });
});
