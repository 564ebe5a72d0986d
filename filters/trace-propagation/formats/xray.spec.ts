import { read, write } from "../test/spec/trace-formats";
import { FormatId } from "./format";

const ROOT = "Root=1-5759e988-bd862e3fe1be46a994272793";
const PARENT = ";Parent=53995c3f42cd8ad8";
const TRACE = "5759e988bd862e3fe1be46a994272793";
const SPAN = "53995c3f42cd8ad8";
const NO_SPAN = "0000000000000000";
const SELF = "Self=1-67891234-12456789abcdef012345678;";

function xray(value: string): string {
  return read(FormatId.XRAY, "x-amzn-trace-id: " + value);
}

function isInvalid(value: string): void {
  expect(xray(value)).toBe("invalid", value);
}

describe("x-amzn-trace-id", () => {
  it("reads as in the examples of AWS X-Ray (Tracing header)", () => {
    expect(xray("Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1")).toBe(TRACE + " " + NO_SPAN + " yes");
    expect(xray("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1")).toBe(
      TRACE + " " + SPAN + " yes",
    );
  });

  it("reads as in the examples of Elastic Load Balancing (Request tracing), which writes Self and keeps what it does not know", () => {
    const trace = "67891233abcdef012345678912345678 " + NO_SPAN + " undecided";
    expect(xray("Root=1-67891233-abcdef012345678912345678")).toBe(trace);
    expect(xray(SELF + "Root=1-67891233-abcdef012345678912345678")).toBe(trace);
    expect(xray(SELF + "Root=1-67891233-abcdef012345678912345678;CalledFrom=app")).toBe(trace);
  });

  it("has its fields in any order, blanks before them, and digits of either case", () => {
    expect(xray("Sampled=0;Parent=53995C3F42CD8AD8;Root=1-5759E988-BD862E3FE1BE46A994272793")).toBe(
      TRACE + " " + SPAN + " no",
    );
    expect(xray(ROOT + "; Sampled=1;  Parent=" + SPAN)).toBe(TRACE + " " + SPAN + " yes");
    expect(xray(ROOT + PARENT + ";")).toBe(TRACE + " " + SPAN + " undecided");
    expect(xray(";" + ROOT + ";;root=1;Sampled;Lineage=a87bd80c:1|68fd508a:5")).toBe(
      TRACE + " " + NO_SPAN + " undecided",
    );
  });

  it("has a decision of 1 or 0, or asks for one", () => {
    expect(xray(ROOT + PARENT + ";Sampled=0")).toBe(TRACE + " " + SPAN + " no");
    expect(xray(ROOT + PARENT + ";Sampled=?")).toBe(TRACE + " " + SPAN + " undecided");
    expect(xray(ROOT + PARENT)).toBe(TRACE + " " + SPAN + " undecided");
    isInvalid(ROOT + PARENT + ";Sampled=");
    isInvalid(ROOT + PARENT + ";Sampled=2");
    isInvalid(ROOT + PARENT + ";Sampled=true");
    isInvalid(ROOT + PARENT + ";Sampled=1 ");
  });

  it("has a root of version 1, of 8 and 24 digits, not all zeroes", () => {
    isInvalid("");
    isInvalid("Sampled=1");
    isInvalid(SELF + "Parent=" + SPAN);
    isInvalid("root=1-5759e988-bd862e3fe1be46a994272793");
    isInvalid("Root=");
    isInvalid("Root=2-5759e988-bd862e3fe1be46a994272793");
    isInvalid("Root=1:5759e988-bd862e3fe1be46a994272793");
    isInvalid("Root=1-5759e988:bd862e3fe1be46a994272793");
    isInvalid("Root=1-5759e98-bd862e3fe1be46a994272793a");
    isInvalid("Root=1-5759e988-bd862e3fe1be46a99427279");
    isInvalid("Root=1-5759e988-bd862e3fe1be46a9942727930");
    isInvalid("Root=1-5759e98g-bd862e3fe1be46a994272793");
    isInvalid("Root=1-5759e988-bd862e3fe1be46a99427279g");
    isInvalid("Root=1-5759e988-gd862e3fe1be46a994272793");
    isInvalid("Root=1-00000000-000000000000000000000000;Sampled=1");
    isInvalid(TRACE);
    // system-tests of Datadog, test_headers_aws_xray.py.
    isInvalid("0-0-1");
    isInvalid("Root=1-00000000-0;Parent=0");
    expect(xray("Root=1-00000000-000000000000000000000001")).toBe(
      "00000000000000000000000000000001 " + NO_SPAN + " undecided",
    );
  });

  it("has a parent of 16 digits, not all zeroes", () => {
    isInvalid(ROOT + ";Parent=");
    isInvalid(ROOT + ";Parent=0000000000000000");
    isInvalid(ROOT + ";Parent=3995c3f42cd8ad8");
    isInvalid(ROOT + ";Parent=53995c3f42cd8ad80");
    isInvalid(ROOT + ";Parent=53995c3f42cd8adx");
  });

  it("has no field twice, and that is repeated is none", () => {
    isInvalid(ROOT + ";" + ROOT);
    isInvalid(ROOT + PARENT + PARENT);
    isInvalid(ROOT + ";Sampled=1;Sampled=1");
    expect(read(FormatId.XRAY, "x-amzn-trace-id: " + ROOT + "\nx-amzn-trace-id: " + ROOT)).toBe("invalid");
  });

  it("is absent where the header is", () => {
    expect(read(FormatId.XRAY, "x-amzn-request-id: " + ROOT)).toBe("absent");
  });
});

describe("x-amzn-trace-id that is written", () => {
  const header = "x-amzn-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8";

  it("is as in AWS's examples", () => {
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " yes", "")).toBe(header + ";Sampled=1");
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " debug", "")).toBe(header + ";Sampled=1");
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " no", "")).toBe(header + ";Sampled=0");
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " undecided", "")).toBe(header);
    expect(write(FormatId.XRAY, TRACE + " 0 yes", "")).toBe(
      "x-amzn-trace-id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1",
    );
  });

  it("has zeroes on the left of an id of 64 bits", () => {
    expect(write(FormatId.XRAY, "e1be46a994272793 1 no", "")).toBe(
      "x-amzn-trace-id: Root=1-00000000-00000000e1be46a994272793;Parent=0000000000000001;Sampled=0",
    );
  });

  it("keeps what applications added to the same trace, without Self, which was of the load balancer before", () => {
    const came =
      "x-amzn-trace-id: " + SELF + ROOT + ";CalledFrom=app;Parent=1111111111111111;Sampled=0;Lineage=a:1|b:2";
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " yes", came)).toBe(
      header + ";Sampled=1;CalledFrom=app;Lineage=a:1|b:2",
    );
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " undecided", came)).toBe(
      header + ";CalledFrom=app;Lineage=a:1|b:2",
    );
    const long = ";a=" + "x".repeat(5000) + ";b=" + "y".repeat(500);
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " undecided", "x-amzn-trace-id: " + ROOT + long)).toBe(
      header + long,
    );
  });

  it("keeps nothing of another trace", () => {
    const other = "x-amzn-trace-id: Root=1-5759e988-bd862e3fe1be46a994272794;CalledFrom=app";
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " no", other)).toBe(header + ";Sampled=0");
    const malformed = "x-amzn-trace-id: " + ROOT + ";Sampled=2;CalledFrom=app";
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " no", malformed)).toBe(header + ";Sampled=0");
    const repeated = "x-amzn-trace-id: " + ROOT + ";A=1\nx-amzn-trace-id: " + ROOT + ";B=2";
    expect(write(FormatId.XRAY, TRACE + " " + SPAN + " no", repeated)).toBe(header + ";Sampled=0");
  });
});
