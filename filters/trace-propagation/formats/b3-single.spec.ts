import { read, write } from "../test/spec/trace-formats";
import { FormatId } from "./format";

const TRACE = "80f198ee56343ba864fe8b2a57d3eff7";
const SPAN = "e457b5a2e4d86bd1";
const PARENT = "05e3ac9a4f6e3b90";

function b3(value: string): string {
  return read(FormatId.B3_SINGLE, "b3: " + value);
}

function isInvalid(value: string): void {
  expect(b3(value)).toBe("invalid", value);
}

describe("b3", () => {
  it("reads as in the specification's examples (Single Header)", () => {
    const ids = TRACE + " " + SPAN + " ";
    expect(b3("80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90")).toBe(ids + "yes");
    expect(b3("80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-1")).toBe(ids + "yes");
    expect(b3("80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1-d")).toBe(ids + "debug");
    expect(b3("0")).toBe("decision: no");
  });

  it("has one decision of three, or defers it", () => {
    const ids = TRACE + " " + SPAN + " ";
    expect(b3(TRACE + "-" + SPAN + "-0")).toBe(ids + "no");
    expect(b3(TRACE + "-" + SPAN)).toBe(ids + "undecided");
    expect(b3("1")).toBe("decision: yes");
    expect(b3("d")).toBe("decision: debug");
    isInvalid(TRACE + "-" + SPAN + "-2");
    isInvalid(TRACE + "-" + SPAN + "-D");
    isInvalid(TRACE + "-" + SPAN + "-true");
    isInvalid(TRACE + "-" + SPAN + "-11");
    isInvalid("2");
    isInvalid("D");
    isInvalid("true");
    isInvalid("");
    isInvalid("-");
  });

  it("has a parent behind the decision, or, where that is deferred, behind the span: both fields are optional", () => {
    const ids = TRACE + " " + SPAN + " ";
    expect(b3(TRACE + "-" + SPAN + "-d-" + PARENT)).toBe(ids + "debug");
    expect(b3(TRACE + "-" + SPAN + "-0-" + PARENT)).toBe(ids + "no");
    expect(b3(TRACE + "-" + SPAN + "-" + PARENT)).toBe(ids + "undecided");
    expect(b3(TRACE + "-" + SPAN + "-d5e3ac9a4f6e3b90")).toBe(ids + "undecided");
    isInvalid(TRACE + "-" + SPAN + "-1-" + PARENT + "0");
    isInvalid(TRACE + "-" + SPAN + "-1-05e3ac9a4f6e3b9");
    isInvalid(TRACE + "-" + SPAN + "-1-05e3ac9a4f6e3b9X");
    isInvalid(TRACE + "-" + SPAN + "-1-05E3ac9a4f6e3b90");
    isInvalid(TRACE + "-" + SPAN + "-1_" + PARENT);
    isInvalid(TRACE + "-" + SPAN + "-1--" + PARENT);
    isInvalid(TRACE + "-" + SPAN + "-1-" + PARENT + "-1");
    isInvalid(TRACE + "-" + SPAN + "-" + PARENT + "-1");
    isInvalid(TRACE + "-" + SPAN + "-05e3ac9a4f6e3b9");
    isInvalid("0-" + PARENT);
  });

  it("has a trace id of 16 or 32 digits in lower case, not all zeroes", () => {
    expect(b3("64fe8b2a57d3eff7-" + SPAN + "-1")).toBe("000000000000000064fe8b2a57d3eff7 " + SPAN + " yes");
    expect(b3("0000000000000000" + "64fe8b2a57d3eff7-" + SPAN)).toBe(
      "000000000000000064fe8b2a57d3eff7 " + SPAN + " undecided",
    );
    expect(b3("64fe8b2a57d3eff70000000000000000-" + SPAN)).toBe(
      "64fe8b2a57d3eff70000000000000000 " + SPAN + " undecided",
    );
    isInvalid("0000000000000000-" + SPAN);
    isInvalid("00000000000000000000000000000000-" + SPAN + "-1");
    isInvalid("4fe8b2a57d3eff7-" + SPAN);
    isInvalid("064fe8b2a57d3eff7-" + SPAN);
    isInvalid("0f198ee56343ba864fe8b2a57d3eff7-" + SPAN);
    isInvalid("080f198ee56343ba864fe8b2a57d3eff7-" + SPAN);
    isInvalid("80F198ee56343ba864fe8b2a57d3eff7-" + SPAN);
    isInvalid("80f198ee56343ba864fe8b2a57d3eff7");
    isInvalid("80f198ee56343ba864fe8b2a57d3eff7-");
    isInvalid("-" + SPAN);
    isInvalid(TRACE + ":" + SPAN);
  });

  it("has a span id of 16 digits in lower case, not all zeroes", () => {
    isInvalid(TRACE + "-0000000000000000-1");
    isInvalid(TRACE + "-457b5a2e4d86bd1-1");
    isInvalid(TRACE + "-0e457b5a2e4d86bd1-1");
    isInvalid(TRACE + "-E457b5a2e4d86bd1-1");
    isInvalid(TRACE + "-e457b5a2e4d86bdx-1");
    isInvalid(TRACE + "-" + SPAN + "-");
    isInvalid(TRACE + "-" + SPAN + "-1-");
    isInvalid(TRACE + "-" + SPAN + ":1");
  });

  it("that is repeated is none", () => {
    expect(read(FormatId.B3_SINGLE, "b3: 0\nb3: 0")).toBe("invalid");
  });

  it("is absent where the header is", () => {
    expect(read(FormatId.B3_SINGLE, "x-b3-sampled: 0")).toBe("absent");
  });
});

describe("b3 that is written", () => {
  it("is as in the specification's examples, without a parent", () => {
    const header = "b3: 80f198ee56343ba864fe8b2a57d3eff7-e457b5a2e4d86bd1";
    expect(write(FormatId.B3_SINGLE, TRACE + " " + SPAN + " yes", "")).toBe(header + "-1");
    expect(write(FormatId.B3_SINGLE, TRACE + " " + SPAN + " debug", "")).toBe(header + "-d");
    expect(write(FormatId.B3_SINGLE, TRACE + " " + SPAN + " no", "b3: 0")).toBe(header + "-0");
    expect(write(FormatId.B3_SINGLE, TRACE + " " + SPAN + " undecided", "b3: 1")).toBe(header);
    expect(write(FormatId.B3_SINGLE, TRACE + " " + SPAN + " yes", header + "-1-" + PARENT)).toBe(header + "-1");
  });

  it("has a trace id of 64 bits in 16 digits", () => {
    expect(write(FormatId.B3_SINGLE, "64fe8b2a57d3eff7 1 no random", "")).toBe(
      "b3: 64fe8b2a57d3eff7-0000000000000001-0",
    );
    expect(write(FormatId.B3_SINGLE, "164fe8b2a57d3eff7 1 no", "")).toBe(
      "b3: 000000000000000164fe8b2a57d3eff7-0000000000000001-0",
    );
  });
});
