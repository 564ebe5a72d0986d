import { addHeader, clearHeaders, dropHeader, headerLines, receiveHeaders } from "../test/spec/header-host";
import { headerOf, plainRead } from "../test/spec/plain-trace-formats";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { context, formatOf, readNow, traceSlots } from "../test/spec/trace-contexts";
import { FormatId } from "./format";

export { proxy_remove_header_map_value, proxy_replace_header_map_value } from "../test/spec/header-host";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

/** What the formats of one header are mutated from: values of the format, and some that just miss it. */
const VALID: string[][] = [
  [
    "00-" + TRACE + "-" + SPAN + "-01",
    "00-" + TRACE + "-" + SPAN + "-02",
    "cc-" + TRACE + "-" + SPAN + "-03-more",
    "ff-" + TRACE + "-" + SPAN + "-01",
  ],
  [],
  ["0", TRACE + "-" + SPAN + "-1", "a3ce929d0e0e4736-" + SPAN + "-d-05e3ac9a4f6e3b90", TRACE + "-" + SPAN],
  [TRACE + ":" + SPAN + ":0:1", "1:2:0:3", TRACE + "%3A" + SPAN + "%3A05e3ac9a4f6e3b90%3A00"],
  [],
  [
    "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
    "Self=1-67891234-12456789abcdef012345678;Root=1-67891233-abcdef012345678912345678;CalledFrom=app",
    "Sampled=?;Root=1-5759e988-bd862e3fe1be46a994272793",
  ],
  [TRACE + "/789;o=1", TRACE + "/18446744073709551615", TRACE + "/18446744073709551617", TRACE + ";o=0", TRACE + "/"],
];

const B3: string[][] = [
  ["x-b3-traceid", TRACE],
  ["x-b3-traceid", "a3ce929d0e0e4736"],
  ["x-b3-spanid", SPAN],
  ["x-b3-spanid", "05e3ac9a4f6e3b90"],
  ["x-b3-parentspanid", "05e3ac9a4f6e3b90"],
  ["x-b3-sampled", "1"],
  ["x-b3-sampled", "false"],
  ["x-b3-flags", "1"],
  ["x-b3-flags", "0"],
];

const DATADOG: string[][] = [
  ["x-datadog-trace-id", "1234567890123456789"],
  ["x-datadog-trace-id", "18446744073709551615"],
  ["x-datadog-parent-id", "987654321"],
  ["x-datadog-sampling-priority", "-1"],
  ["x-datadog-sampling-priority", "2"],
  ["x-datadog-tags", "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000"],
  ["x-datadog-tags", "_dd.p.tid=640cfd8d00000000"],
];

const LETTERS = "00112233445566778899abcdefABCDEFdgGxX--::;;==//,,%3A% .+o_?~\x00\t\x10\x7f\xff";

function letter(random: Random): string {
  return LETTERS.charAt(random.below(LETTERS.length));
}

/** A value with a change: a character more, less, or another; a part twice, missing, or moved behind; cut off; other case. */
function mutated(value: string, other: string, random: Random): string {
  const at = random.below(value.length + 1);
  const end = min(value.length, at + random.below(6));
  const before = value.substring(0, at);
  switch (random.below(9)) {
    case 0:
      return before + letter(random) + value.substring(at);
    case 1:
      return before + value.substring(min(at + 1, value.length));
    case 2:
      return before + value.substring(at, end) + value.substring(at);
    case 3:
      return before + value.substring(end) + value.substring(at, end);
    case 4:
      return random.percent(20) ? before : before + other.substring(min(at, other.length));
    case 5:
      return before + value.substring(at, end).toUpperCase() + value.substring(end);
    case 6:
      return before + "0".repeat(end - at) + value.substring(end);
    case 7:
      return value;
    default:
      return before + letter(random) + value.substring(min(at + 1, value.length));
  }
}

/** One to three changes, seldom more. */
function changed(value: string, other: string, random: Random): string {
  let text = value;
  for (let left = 1 + random.below(random.percent(10) ? 8 : 3); left > 0; left--) text = mutated(text, other, random);
  return text;
}

/** How many of the requests had a context, and what was wrong. */
let contexts: i32 = 0;
let wrong = "";

/**
 * Compares what a format says in the request with the plain reading; a context that it finds is then written, into the same
 * request and into one without its headers, and must be what is read again.
 */
function compare(id: FormatId, names: string[]): void {
  receiveHeaders(traceSlots);
  const headers = headerLines();
  const was = readNow(id);
  const expected = plainRead(id);
  if (was != expected) wrong += headers + "is " + was + " and not " + expected + "\n";
  if (was == "invalid" || was == "absent" || was.startsWith("decision")) return;
  contexts++;
  // No other format names a trace without a span; a span is the filter's to add.
  const made = context(was);
  if (made.spanId == 0) made.spanId = 1;
  for (let round = 0; round < 2; round++) {
    formatOf(id).write(made);
    receiveHeaders(traceSlots);
    const again = readNow(id);
    const now = was.replace(" 0000000000000000 ", " 0000000000000001 ");
    if (again != now || plainRead(id) != now) wrong += headers + "is written as " + headerLines();
    for (let i = 0; i < names.length; i++) dropHeader(names[i]);
    receiveHeaders(traceSlots);
  }
}

function compareSingle(id: FormatId): void {
  const random = new Random(seed());
  const name = headerOf(id);
  const valid = VALID[id];
  contexts = 0;
  wrong = "";
  for (let i = 0; i < 4000; i++) {
    clearHeaders();
    addHeader(name, changed(random.pick(valid), random.pick(valid), random));
    if (random.percent(1)) addHeader(name, random.pick(valid));
    compare(id, [name]);
  }
  expect(wrong.substring(0, 600)).toBe("");
  // Neither all nor none: the mutations are near what is valid.
  expect(contexts > 400 && contexts < 3600).toBe(true, contexts.toString());
}

function compareSeveral(id: FormatId, valid: string[][], names: string[]): void {
  const random = new Random(seed());
  contexts = 0;
  wrong = "";
  for (let i = 0; i < 4000; i++) {
    clearHeaders();
    for (let at = 0; at < valid.length; at++) {
      // Of two values for one header mostly one.
      if (random.percent(at < 5 ? 60 : 40)) {
        const value = valid[at][1];
        addHeader(valid[at][0], random.percent(20) ? changed(value, value, random) : value);
      }
    }
    compare(id, names);
  }
  expect(wrong.substring(0, 600)).toBe("");
  expect(contexts > 200 && contexts < 3600).toBe(true, contexts.toString());
}

describe("malformed values are told from those of the format, and these go on as they are", () => {
  it("of traceparent", () => {
    compareSingle(FormatId.W3C);
  });

  it("of x-b3-…", () => {
    const names = ["x-b3-traceid", "x-b3-spanid", "x-b3-parentspanid", "x-b3-sampled", "x-b3-flags"];
    compareSeveral(FormatId.B3, B3, names);
  });

  it("of b3", () => {
    compareSingle(FormatId.B3_SINGLE);
  });

  it("of uber-trace-id", () => {
    compareSingle(FormatId.JAEGER);
  });

  it("of x-datadog-…", () => {
    const ids = ["x-datadog-trace-id", "x-datadog-parent-id"];
    compareSeveral(FormatId.DATADOG, DATADOG, ids.concat(["x-datadog-sampling-priority", "x-datadog-tags"]));
  });

  it("of x-amzn-trace-id", () => {
    compareSingle(FormatId.XRAY);
  });

  it("of x-cloud-trace-context", () => {
    compareSingle(FormatId.CLOUD_TRACE);
  });
});
