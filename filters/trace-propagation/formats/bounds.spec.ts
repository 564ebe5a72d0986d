import { text } from "../../../test/support/spec/bytes";
import { addHeader, clearHeaders, receiveHeaders } from "../test/spec/header-host";
import { headerOf, plainRead } from "../test/spec/plain-trace-formats";
import { context, formatOf, outcome, traceSlots } from "../test/spec/trace-contexts";
import { arenaTake } from "../../../assembly/memory/arena";
import { TraceContext } from "../context";
import { readB3Single } from "./b3-single";
import { readCloudTrace } from "./cloud-trace";
import { FormatId } from "./format";
import { readUberTraceId } from "./jaeger";
import { readTraceparent } from "./w3c";
import { readXray } from "./xray";

export { proxy_remove_header_map_value } from "../test/spec/header-host";

/** The header whose writing is looked at, and where the value that was written ends. */
let watched = "";
let end: usize = 0;

export function proxy_replace_header_map_value(map: u32, name: usize, length: u32, value: usize, size: u32): u32 {
  if (String.UTF8.decodeUnsafe(name, length) == watched) end = value + size;
  return 0;
}

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** What a parser makes of the first bytes of a value, as `outcome` gives it. */
function readFirst(parse: (start: usize, length: u32, into: TraceContext) => i32, value: string, length: i32): string {
  const bytes = text(value);
  const into = context("0 0 undecided");
  return outcome(parse(bytes.start, length, into), into);
}

/** Compares a value cut off at each length, with what was cut off still behind it, with the plain reading. */
function cutOff(id: FormatId, parse: (start: usize, length: u32, into: TraceContext) => i32, value: string): void {
  for (let length = 0; length <= value.length; length++) {
    clearHeaders();
    addHeader(headerOf(id), value.substring(0, length));
    expect(readFirst(parse, value, length)).toBe(plainRead(id), value.substring(0, length));
  }
}

describe("no byte behind a value is read as one of it", () => {
  it("of traceparent", () => {
    cutOff(FormatId.W3C, readTraceparent, "cc-" + TRACE + "-" + SPAN + "-01-more");
    cutOff(FormatId.W3C, readTraceparent, "00-" + TRACE + "-" + SPAN + "-01");
  });

  it("of b3", () => {
    cutOff(FormatId.B3_SINGLE, readB3Single, TRACE + "-" + SPAN + "-1-05e3ac9a4f6e3b90");
    cutOff(FormatId.B3_SINGLE, readB3Single, "a3ce929d0e0e4736-" + SPAN + "-d5e3ac9a4f6e3b90");
    cutOff(FormatId.B3_SINGLE, readB3Single, "0-");
  });

  it("of uber-trace-id", () => {
    cutOff(FormatId.JAEGER, readUberTraceId, TRACE + "%3A" + SPAN + "%3A05e3ac9a4f6e3b90%3A01");
    cutOff(FormatId.JAEGER, readUberTraceId, "1:2:0:3");
  });

  it("of x-amzn-trace-id", () => {
    cutOff(FormatId.XRAY, readXray, "Sampled=1;Parent=" + SPAN + ";Root=1-5759e988-bd862e3fe1be46a994272793; Self=1");
    cutOff(FormatId.XRAY, readXray, "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=" + SPAN + ";Sampled=0");
  });

  it("of x-cloud-trace-context", () => {
    cutOff(FormatId.CLOUD_TRACE, readCloudTrace, TRACE + "/18446744073709551615;o=1");
    cutOff(FormatId.CLOUD_TRACE, readCloudTrace, TRACE + ";o=0");
  });
});

/** Has a format write a context, and tells whether that header's value lies in memory that was taken for it. */
function writesWithin(id: FormatId, header: string, text: string): bool {
  receiveHeaders(traceSlots);
  watched = header;
  end = 0;
  formatOf(id).write(context(text));
  return end != 0 && end <= arenaTake(8);
}

describe("what is written with what others have added lies in memory that was taken for it", () => {
  it("of x-amzn-trace-id", () => {
    for (let others = 0; others < 40; others++) {
      clearHeaders();
      addHeader("x-amzn-trace-id", "Root=1-5759e988-bd862e3fe1be46a994272793" + ";a=1".repeat(others));
      expect(writesWithin(FormatId.XRAY, "x-amzn-trace-id", "5759e988bd862e3fe1be46a994272793 " + SPAN + " yes")).toBe(
        true,
      );
    }
  });

  it("of x-datadog-tags", () => {
    for (let others = 0; others < 40; others++) {
      clearHeaders();
      addHeader("x-datadog-trace-id", "1");
      addHeader("x-datadog-tags", "a=1" + ",b=2".repeat(others));
      addHeader("x-datadog-tags", "c=3");
      expect(writesWithin(FormatId.DATADOG, "x-datadog-tags", "640cfd8d000000000000000000000001 1 undecided")).toBe(
        true,
      );
    }
  });
});
