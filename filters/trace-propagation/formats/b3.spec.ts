import { read, sorted, write } from "../test/spec/trace-formats";
import { calls } from "../../../test/support/spec/emulator";
import { FormatId } from "./format";

const TRACE = "x-b3-traceid: 80f198ee56343ba864fe8b2a57d3eff7\n";
const SPAN = "x-b3-spanid: e457b5a2e4d86bd1\n";
const PARENT = "x-b3-parentspanid: 05e3ac9a4f6e3b90\n";
const IDS = "80f198ee56343ba864fe8b2a57d3eff7 e457b5a2e4d86bd1 ";

function b3(headers: string): string {
  return read(FormatId.B3, headers);
}

function writes(context: string, came: string, expected: string): void {
  expect(write(FormatId.B3, context, came)).toBe(sorted(expected), came);
}

function isInvalid(headers: string): void {
  expect(b3(headers)).toBe("invalid", headers);
}

describe("the headers of B3", () => {
  it("read as in the specification's examples (Multiple Headers, Single Header)", () => {
    expect(b3(TRACE + PARENT + SPAN + "x-b3-sampled: 1")).toBe(IDS + "yes");
    expect(
      b3(
        "x-b3-traceid: 463ac35c9f6413ad48485a3953bb6124\nx-b3-spanid: a2fb4a1d1a96d312\n" +
          "x-b3-parentspanid: 0020000000000001\nx-b3-sampled: 1",
      ),
    ).toBe("463ac35c9f6413ad48485a3953bb6124 a2fb4a1d1a96d312 yes");
    expect(b3("x-b3-sampled: 0")).toBe("decision: no");
  });

  it("have a parent that may be empty: applications pass on what a root does not have (istio/istio#7730)", () => {
    expect(b3(TRACE + SPAN + "x-b3-parentspanid: \nx-b3-sampled: 1")).toBe(IDS + "yes");
    expect(b3("x-b3-parentspanid: \nx-b3-sampled: 1")).toBe("decision: yes");
  });

  it("have ids that may stand alone: the decision is then deferred", () => {
    expect(b3(TRACE + SPAN)).toBe(IDS + "undecided");
    expect(b3("x-b3-traceid: 64fe8b2a57d3eff7\n" + SPAN)).toBe(
      "000000000000000064fe8b2a57d3eff7 e457b5a2e4d86bd1 undecided",
    );
  });

  it("have a decision, in the form before the specification too, which may stand alone", () => {
    expect(b3(TRACE + SPAN + "x-b3-sampled: 0")).toBe(IDS + "no");
    expect(b3(TRACE + SPAN + "x-b3-sampled: true")).toBe(IDS + "yes");
    expect(b3(TRACE + SPAN + "x-b3-sampled: false")).toBe(IDS + "no");
    expect(b3("x-b3-sampled: 1")).toBe("decision: yes");
    expect(b3("x-b3-flags: 1")).toBe("decision: debug");
    isInvalid(TRACE + SPAN + "x-b3-sampled: ");
    isInvalid(TRACE + SPAN + "x-b3-sampled: d");
    isInvalid(TRACE + SPAN + "x-b3-sampled: True");
    isInvalid(TRACE + SPAN + "x-b3-sampled: 10");
    isInvalid("x-b3-sampled: 2");
  });

  it("have a debug flag that implies to accept; other flags are ignored", () => {
    expect(b3(TRACE + SPAN + "x-b3-flags: 1")).toBe(IDS + "debug");
    expect(b3(TRACE + SPAN + "x-b3-flags: 1\nx-b3-sampled: 0")).toBe(IDS + "debug");
    expect(b3(TRACE + SPAN + "x-b3-flags: 0\nx-b3-sampled: 1")).toBe(IDS + "yes");
    expect(b3(TRACE + SPAN + "x-b3-flags: 2")).toBe(IDS + "undecided");
    expect(b3(TRACE + SPAN + "x-b3-flags: 11")).toBe(IDS + "undecided");
    expect(b3(TRACE + SPAN + "x-b3-flags: ")).toBe(IDS + "undecided");
    expect(b3("x-b3-flags: 0")).toBe("absent");
  });

  it("take the first value of a repeated decision, and no repeated id", () => {
    expect(b3(TRACE + SPAN + "x-b3-sampled: 1\nx-b3-sampled: 0")).toBe(IDS + "yes");
    expect(b3(TRACE + SPAN + "x-b3-flags: 0\nx-b3-flags: 1")).toBe(IDS + "undecided");
    isInvalid(TRACE + TRACE + SPAN);
    isInvalid(TRACE + SPAN + SPAN);
    isInvalid(TRACE + SPAN + PARENT + PARENT);
  });

  it("need both ids where there is any", () => {
    isInvalid(TRACE);
    isInvalid(SPAN);
    isInvalid(PARENT);
    isInvalid(TRACE + "x-b3-sampled: 1");
    isInvalid(SPAN + "x-b3-sampled: 1");
    isInvalid(PARENT + "x-b3-sampled: 1");
    expect(b3("b3: 0")).toBe("absent");
  });

  it("have ids of 16 digits in lower case, the trace's perhaps of 32", () => {
    isInvalid("x-b3-traceid: \n" + SPAN);
    isInvalid("x-b3-traceid: 0f198ee56343ba864fe8b2a57d3eff7\n" + SPAN);
    isInvalid("x-b3-traceid: 080f198ee56343ba864fe8b2a57d3eff7\n" + SPAN);
    isInvalid("x-b3-traceid: 4fe8b2a57d3eff7\n" + SPAN);
    isInvalid("x-b3-traceid: 64fe8b2a57d3eff7x\n" + SPAN);
    isInvalid("x-b3-traceid: 64fe8b2a57d3eff7-64fe8b2a57d3eff\n" + SPAN);
    isInvalid("x-b3-traceid: 64FE8b2a57d3eff7\n" + SPAN);
    isInvalid("x-b3-traceid: 0000000000000000\n" + SPAN);
    isInvalid("x-b3-traceid: 00000000000000000000000000000000\n" + SPAN);
    isInvalid(TRACE + "x-b3-spanid: ");
    isInvalid(TRACE + "x-b3-spanid: 0000000000000000");
    isInvalid(TRACE + "x-b3-spanid: 457b5a2e4d86bd1");
    isInvalid(TRACE + "x-b3-spanid: e457b5a2e4d86bd10");
    isInvalid(TRACE + "x-b3-spanid: E457b5a2e4d86bd1");
    isInvalid(TRACE + "x-b3-spanid: e457b5a2e4d86bdg");
    isInvalid(TRACE + SPAN + "x-b3-parentspanid: -");
    isInvalid(TRACE + SPAN + "x-b3-parentspanid: 05e3ac9a4f6e3b9");
    isInvalid(TRACE + SPAN + "x-b3-parentspanid: 05e3ac9a4f6e3b9G");
  });
});

describe("the headers of B3 that are written", () => {
  it("are as in the specification's examples, without a parent", () => {
    const ids = TRACE + SPAN.trim();
    writes(IDS + "yes", "", ids + "\nx-b3-sampled: 1");
    writes(IDS + "no", "", ids + "\nx-b3-sampled: 0");
    writes(IDS + "debug", "", ids + "\nx-b3-flags: 1");
    writes(IDS + "undecided", "", ids);
    writes("64fe8b2a57d3eff7 2 undecided", "", "x-b3-traceid: 64fe8b2a57d3eff7\nx-b3-spanid: 0000000000000002");
  });

  it("leave nothing of another context", () => {
    const came = "x-b3-traceid: 1\nx-b3-spanid: 2\n" + PARENT + "x-b3-sampled: 0\nx-b3-flags: 1\nx-b3-flags: 1";
    writes(IDS + "undecided", came, TRACE + SPAN.trim());
    writes(IDS + "debug", came, TRACE + SPAN + "x-b3-flags: 1");
    writes(IDS + "yes", came, TRACE + SPAN + "x-b3-sampled: 1");
    writes(IDS + "yes", TRACE + TRACE + SPAN + "x-b3-sampled: 0\nx-b3-sampled: 1", TRACE + SPAN + "x-b3-sampled: 1");
  });

  it("are set where they say something else, and no others", () => {
    calls();
    write(FormatId.B3, IDS + "yes", TRACE + SPAN + "x-b3-sampled: 1");
    expect(calls()).toBe("get_header_map_pairs request");
    write(FormatId.B3, "80f198ee56343ba864fe8b2a57d3eff7 b yes", TRACE + SPAN + "x-b3-sampled: 1\n" + PARENT);
    expect(calls()).toBe(
      "get_header_map_pairs request\n" +
        "replace_header_map_value request x-b3-spanid=000000000000000b\n" +
        "remove_header_map_value request x-b3-parentspanid",
    );
  });
});
