import { read, sorted, write } from "../test/spec/trace-formats";
import { calls } from "../../../test/support/spec/emulator";
import { FormatId } from "./format";

const TRACE = "x-datadog-trace-id: 1234567890123456789\n";
const PARENT = "x-datadog-parent-id: 987654321\n";
// 1234567890123456789 and 987654321 in hexadecimal.
const LOW = "112210f47de98115";
const SPAN = "000000003ade68b1";
const IDS = "0000000000000000112210f47de98115 000000003ade68b1 ";

/** Upper halves that are too long, too short, or have a bad character. */
const MALFORMED = ["1234567890abcdef1", "1234567890abcde", "1234567890abcdeX", ""];

function datadog(headers: string): string {
  return read(FormatId.DATADOG, headers);
}

function writes(context: string, came: string, expected: string): void {
  expect(write(FormatId.DATADOG, context, came)).toBe(sorted(expected), came);
}

function isInvalid(headers: string): void {
  expect(datadog(headers)).toBe("invalid", headers);
}

/** What is read with these tags of the upper half. */
function upperHalf(tags: string): string {
  return datadog(TRACE + PARENT + "x-datadog-tags: " + tags).substring(0, 16);
}

describe("Datadog's headers", () => {
  it("read as in the tests that Datadog has for all of its tracers", () => {
    // system-tests, test_128_bit_traceids.py.
    expect(datadog(TRACE + PARENT + "x-datadog-tags: _dd.p.tid=640cfd8d00000000")).toBe(
      "640cfd8d00000000112210f47de98115 000000003ade68b1 undecided",
    );
    // test_headers_datadog.py, D001 and D002.
    expect(
      datadog(
        "x-datadog-trace-id: 123456789\nx-datadog-parent-id: 987654321\nx-datadog-sampling-priority: 2\n" +
          "x-datadog-origin: synthetics;=web,z\nx-datadog-tags: _dd.p.dm=-4",
      ),
    ).toBe("000000000000000000000000075bcd15 000000003ade68b1 debug");
    isInvalid(
      "x-datadog-trace-id: 0\nx-datadog-parent-id: 0\nx-datadog-sampling-priority: 2\n" +
        "x-datadog-origin: synthetics\nx-datadog-tags: _dd.p.dm=-4",
    );
  });

  it("have decimal ids of 64 bits", () => {
    expect(datadog("x-datadog-trace-id: 18446744073709551615\nx-datadog-parent-id: 18446744073709551615")).toBe(
      "0000000000000000ffffffffffffffff ffffffffffffffff undecided",
    );
    isInvalid("x-datadog-trace-id: 18446744073709551616\n" + PARENT);
    isInvalid(TRACE + "x-datadog-parent-id: 18446744073709551616");
    isInvalid("x-datadog-trace-id: 112210f47de98115\n" + PARENT);
    isInvalid("x-datadog-trace-id: -1\n" + PARENT);
    isInvalid("x-datadog-trace-id: \n" + PARENT);
    isInvalid(TRACE + "x-datadog-parent-id: ");
    isInvalid(TRACE + "x-datadog-parent-id: 1x");
  });

  it("are of a trace whose id is not 0 as a whole", () => {
    expect(datadog("x-datadog-trace-id: 0\n" + PARENT + "x-datadog-tags: _dd.p.tid=0000000000000001")).toBe(
      "00000000000000010000000000000000 000000003ade68b1 undecided",
    );
    isInvalid("x-datadog-trace-id: 0\n" + PARENT + "x-datadog-tags: _dd.p.tid=0000000000000000");
  });

  it("name no span without a parent's id, or with 0", () => {
    const none = "0000000000000000112210f47de98115 0000000000000000 yes";
    expect(datadog(TRACE + "x-datadog-sampling-priority: 1")).toBe(none);
    expect(datadog(TRACE + "x-datadog-parent-id: 0\nx-datadog-sampling-priority: 1")).toBe(none);
  });

  it("say nothing without a trace's id, and a parent without one is malformed", () => {
    expect(datadog("x-datadog-sampling-priority: 1\nx-datadog-tags: _dd.p.tid=640cfd8d00000000")).toBe("absent");
    expect(datadog("x-datadog-origin: rum")).toBe("absent");
    isInvalid(PARENT);
  });

  it("have a whole number as priority: above 0 keeps, 2 is a user's", () => {
    const priority = TRACE + PARENT + "x-datadog-sampling-priority: ";
    expect(datadog(priority + "-1")).toBe(IDS + "no");
    expect(datadog(priority + "0")).toBe(IDS + "no");
    expect(datadog(priority + "1")).toBe(IDS + "yes");
    expect(datadog(priority + "2")).toBe(IDS + "debug");
    expect(datadog(priority + "3")).toBe(IDS + "yes");
    expect(datadog(priority + "-2")).toBe(IDS + "no");
    isInvalid(priority);
    isInvalid(priority + "-");
    isInvalid(priority + "+1");
    isInvalid(priority + "--1");
    isInvalid(priority + "1.0");
    isInvalid(priority + "yes");
  });

  it("that are repeated are none, but for the tags, which are a list", () => {
    isInvalid(TRACE + TRACE + PARENT);
    isInvalid(TRACE + PARENT + PARENT);
    isInvalid(TRACE + PARENT + "x-datadog-sampling-priority: 1\nx-datadog-sampling-priority: 1");
    expect(upperHalf("_dd.p.dm=-4\nx-datadog-tags: _dd.p.tid=640cfd8d00000000")).toBe("640cfd8d00000000");
  });

  it("have the upper half among the tags", () => {
    expect(upperHalf("_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000")).toBe("640cfd8d00000000");
    expect(upperHalf("_dd.p.tid=640cfd8d00000000,_dd.p.dm=-4")).toBe("640cfd8d00000000");
    expect(upperHalf("_dd.p.dm=-4, _dd.p.tid=640CFD8D00000000 ,x")).toBe("0000000000000000");
    expect(upperHalf("_dd.p.dm=-4, _dd.p.tid=640CFD8D00000000,x")).toBe("640cfd8d00000000");
    expect(upperHalf("x_dd.p.tid=640cfd8d00000000")).toBe("0000000000000000");
    expect(upperHalf("_dd.p.tid640cfd8d00000000")).toBe("0000000000000000");
    expect(upperHalf("")).toBe("0000000000000000");
    expect(upperHalf(",,_dd.p.tid=640cfd8d00000000,,")).toBe("640cfd8d00000000");
  });

  it("have a trace id of 64 bits where the upper half is malformed, as for Datadog's tracers", () => {
    // system-tests, test_128_bit_traceids.py: too long, too short, a bad character.
    expect(datadog(TRACE + PARENT + "x-datadog-tags: _dd.p.tid=1234567890abcdef1")).toBe(IDS + "undecided");
    expect(upperHalf("_dd.p.tid=1234567890abcde")).toBe("0000000000000000");
    expect(upperHalf("_dd.p.tid=1234567890abcdeX")).toBe("0000000000000000");
    expect(upperHalf("_dd.p.tid=")).toBe("0000000000000000");
  });
});

describe("Datadog's headers that are written", () => {
  it("are decimal, with the upper half among the tags", () => {
    const ids = "x-datadog-trace-id: 1234567890123456789\nx-datadog-parent-id: 987654321";
    writes(
      "640cfd8d00000000" + LOW + " " + SPAN + " yes",
      "",
      ids + "\nx-datadog-sampling-priority: 1\nx-datadog-tags: _dd.p.tid=640cfd8d00000000",
    );
    writes(IDS + "no", "", ids + "\nx-datadog-sampling-priority: 0");
    writes(IDS + "debug", "", ids + "\nx-datadog-sampling-priority: 2");
    writes(IDS + "undecided", "", ids);
  });

  it("keep the origin and the trace's other tags (system-tests, D004)", () => {
    const origin = "x-datadog-origin: synthetics\n";
    const came = TRACE + PARENT + origin + "x-datadog-sampling-priority: 2\nx-datadog-tags: ";
    const goes = TRACE + "x-datadog-parent-id: 5\n" + origin + "x-datadog-sampling-priority: 2\nx-datadog-tags: ";
    const low = LOW + " 5 debug";
    writes(low, came + "_dd.p.dm=-4", goes + "_dd.p.dm=-4");
    writes("640cfd8d00000000" + low, came + "_dd.p.dm=-4", goes + "_dd.p.tid=640cfd8d00000000,_dd.p.dm=-4");
    const both = came + "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,_dd.p.usr.id=baz64~~";
    writes("640cfd8d00000000" + low, both, goes + "_dd.p.dm=-4,_dd.p.tid=640cfd8d00000000,_dd.p.usr.id=baz64~~");
    writes("1000000000000000" + low, both, goes + "_dd.p.tid=1000000000000000,_dd.p.dm=-4,_dd.p.usr.id=baz64~~");
    writes(low, both, goes + "_dd.p.dm=-4,_dd.p.usr.id=baz64~~");
    writes(
      low,
      came + "_dd.p.tid=640cfd8d00000000",
      TRACE + "x-datadog-parent-id: 5\n" + origin + "x-datadog-sampling-priority: 2",
    );
    writes(
      "640cfd8d00000000" + low,
      came + "a=1\nx-datadog-tags: b=2,,c=3",
      goes + "_dd.p.tid=640cfd8d00000000,a=1,b=2,c=3",
    );
  });

  it("do not pass a malformed upper half on (system-tests, test_128_bit_traceids.py)", () => {
    const came = TRACE + PARENT + "x-datadog-sampling-priority: 2\nx-datadog-tags: ";
    const goes = TRACE + PARENT + "x-datadog-sampling-priority: 2";
    for (let i = 0; i < MALFORMED.length; i++) {
      writes(IDS + "debug", came + "_dd.p.tid=" + MALFORMED[i], goes);
      writes(IDS + "debug", came + "_dd.p.dm=-4,_dd.p.tid=" + MALFORMED[i], goes + "\nx-datadog-tags: _dd.p.dm=-4");
      writes(
        "640cfd8d00000000" + LOW + " " + SPAN + " debug",
        came + "_dd.p.tid=640cfd8d00000000,_dd.p.tid=" + MALFORMED[i],
        goes + "\nx-datadog-tags: _dd.p.tid=640cfd8d00000000",
      );
    }
  });

  it("keep the priority of the same decision, as -1 is a user's", () => {
    const came = TRACE + PARENT + "x-datadog-sampling-priority: -1";
    writes(LOW + " 5 no", came, TRACE + "x-datadog-parent-id: 5\nx-datadog-sampling-priority: -1");
    writes(LOW + " 5 yes", came, TRACE + "x-datadog-parent-id: 5\nx-datadog-sampling-priority: 1");
    writes(LOW + " 5 undecided", came, TRACE + "x-datadog-parent-id: 5");
  });

  it("leave nothing of another trace (system-tests, D005)", () => {
    const rest = "x-datadog-sampling-priority: -1\nx-datadog-tags: _dd.p.dm=-4,_dd.p.tid=640cfd8d00000000";
    const goes = "x-datadog-trace-id: 7\nx-datadog-parent-id: 5\nx-datadog-sampling-priority: 0";
    writes("7 5 no", TRACE + PARENT + rest, goes);
    writes("7 5 no", "x-datadog-trace-id: 7\nx-datadog-parent-id: x\n" + rest, goes);
    writes("7 5 no", "x-datadog-trace-id: 7\nx-datadog-trace-id: 7\n" + PARENT + rest, goes);
    writes(
      "10000000000000007 5 no",
      rest,
      "x-datadog-sampling-priority: 0\nx-datadog-tags: _dd.p.tid=0000000000000001\n" +
        "x-datadog-trace-id: 7\nx-datadog-parent-id: 5",
    );
  });

  it("are set where they say something else, and no others", () => {
    calls();
    const tags = "x-datadog-sampling-priority: 1\nx-datadog-tags: _dd.p.dm=-4,_dd.p.tid=640cfd8d00000000";
    write(FormatId.DATADOG, "640cfd8d00000000" + LOW + " 5 yes", TRACE + PARENT + tags);
    expect(calls()).toBe("get_header_map_pairs request\nreplace_header_map_value request x-datadog-parent-id=5");
  });
});
