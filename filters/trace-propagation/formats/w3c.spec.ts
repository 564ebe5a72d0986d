import { read, write } from "../test/spec/trace-formats";
import { FormatId } from "./format";

const TRACE = "12345678901234567890123456789012";
const PARENT = "1234567890123456";

function traceparent(value: string): string {
  return read(FormatId.W3C, "traceparent: " + value);
}

function isInvalid(value: string): void {
  expect(traceparent(value)).toBe("invalid", value);
}

function written(context: string): string {
  return write(FormatId.W3C, context, "");
}

describe("a traceparent", () => {
  it("reads as in the specification's examples (§3.2.3)", () => {
    const ids = "4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 ";
    expect(traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")).toBe(ids + "yes");
    expect(traceparent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00")).toBe(ids + "no");
    expect(traceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")).toBe(
      "0af7651916cd43dd8448eb211c80319c b7ad6b7169203331 yes",
    );
  });

  it("has flags that are bits, of which those that are not known say nothing (§3.2.2.5)", () => {
    const ids = TRACE + " " + PARENT + " ";
    const before = "00-" + TRACE + "-" + PARENT + "-";
    expect(traceparent(before + "02")).toBe(ids + "no random");
    expect(traceparent(before + "03")).toBe(ids + "yes random");
    expect(traceparent(before + "04")).toBe(ids + "no");
    expect(traceparent(before + "fc")).toBe(ids + "no");
    expect(traceparent(before + "ff")).toBe(ids + "yes random");
  });

  it("has two hexadecimal digits in lower case as its flags, and is invalid with any other two characters", () => {
    const before = "00-" + TRACE + "-" + PARENT + "-";
    for (let first = 0x21; first < 0x7f; first++) {
      for (let second = 0x21; second < 0x7f; second++) {
        const flags = String.fromCharCode(first) + String.fromCharCode(second);
        const high = "0123456789abcdef".indexOf(flags.charAt(0));
        const low = "0123456789abcdef".indexOf(flags.charAt(1));
        let expected = "invalid";
        if (high >= 0 && low >= 0) {
          expected = TRACE + " " + PARENT + ((low & 1) != 0 ? " yes" : " no") + ((low & 2) != 0 ? " random" : "");
        }
        const found = traceparent(before + flags);
        if (found != expected) expect(found).toBe(expected, flags);
      }
    }
  });

  it("of a higher version is read by the fields that 00 has (§3.2.4)", () => {
    const ids = TRACE + " " + PARENT + " ";
    const fields = "-" + TRACE + "-" + PARENT + "-";
    expect(traceparent("cc" + fields + "01")).toBe(ids + "yes");
    expect(traceparent("01" + fields + "02")).toBe(ids + "no random");
    expect(traceparent("fe" + fields + "00")).toBe(ids + "no");
    expect(traceparent("cc" + fields + "01-what-the-future-will-be-like")).toBe(ids + "yes");
    expect(traceparent("cc" + fields + "01-")).toBe(ids + "yes");
    isInvalid("cc" + fields + "01.what-the-future-will-be-like");
    isInvalid("cc" + fields + "010");
    isInvalid("cc" + fields + "0");
    isInvalid("cc" + fields + "0g");
  });

  it("of version 00 has nothing behind, and ff is no version (§3.2.2)", () => {
    const fields = "-" + TRACE + "-" + PARENT + "-01";
    isInvalid("00" + fields + ".");
    isInvalid("00" + fields + "-");
    isInvalid("00" + fields + "-what-the-future-will-be-like");
    isInvalid("ff" + fields);
    isInvalid("ff" + fields + "-more");
  });

  it("is invalid where a field's length is not its own, or it holds what is no digit in lower case", () => {
    const rest = "-" + PARENT + "-01";
    isInvalid("");
    isInvalid("00");
    isInvalid(".0-" + TRACE + rest);
    isInvalid("0.-" + TRACE + rest);
    isInvalid("000-" + TRACE + rest);
    isInvalid("0000-" + TRACE + rest);
    isInvalid("0-" + TRACE + rest);
    isInvalid("00-.2345678901234567890123456789012" + rest);
    isInvalid("00-1234567890123456789012345678901." + rest);
    isInvalid("00-" + TRACE + "3" + rest);
    isInvalid("00-1234567890123456789012345678901" + rest);
    isInvalid("00-1234567890123456789012345678901A" + rest);
    isInvalid("00-" + TRACE + "-.234567890123456-01");
    isInvalid("00-" + TRACE + "-123456789012345.-01");
    isInvalid("00-" + TRACE + "-12345678901234567-01");
    isInvalid("00-" + TRACE + "-123456789012345-01");
    isInvalid("00-" + TRACE + "-123456789012345F-01");
    isInvalid("00-" + TRACE + "-" + PARENT + "-.0");
    isInvalid("00-" + TRACE + "-" + PARENT + "-0.");
    isInvalid("00-" + TRACE + "-" + PARENT + "-001");
    isInvalid("00-" + TRACE + "-" + PARENT + "-1");
    isInvalid("00-" + TRACE + "-" + PARENT + "-0A");
    isInvalid("00-" + TRACE + "-" + PARENT + "-");
    isInvalid("0A-" + TRACE + rest);
    isInvalid("00_" + TRACE + rest);
    isInvalid("00-" + TRACE + "_" + PARENT + "-01");
    isInvalid("00-" + TRACE + "-" + PARENT + "_01");
  });

  it("is invalid with an id of zeroes alone (§3.2.2.3, §3.2.2.4)", () => {
    isInvalid("00-00000000000000000000000000000000-" + PARENT + "-01");
    isInvalid("00-" + TRACE + "-0000000000000000-01");
    expect(traceparent("00-00000000000000000000000000000001-" + PARENT + "-01")).toBe(
      "00000000000000000000000000000001 " + PARENT + " yes",
    );
    expect(traceparent("00-00000000000000010000000000000000-" + PARENT + "-01")).toBe(
      "00000000000000010000000000000000 " + PARENT + " yes",
    );
  });

  it("that is repeated is none, be it the same", () => {
    const value = "traceparent: 00-" + TRACE + "-" + PARENT + "-01\n";
    expect(read(FormatId.W3C, value + "traceparent: 00-12345678901234567890123456789011-" + PARENT + "-01")).toBe(
      "invalid",
    );
    expect(read(FormatId.W3C, value + value)).toBe("invalid");
  });

  it("is absent where the header is", () => {
    expect(read(FormatId.W3C, "tracestate: a=b\ntrace-parent: 00-" + TRACE + "-" + PARENT + "-01")).toBe("absent");
  });
});

describe("a traceparent that is written", () => {
  it("is as in the specification's examples", () => {
    const ids = "4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 ";
    const header = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-";
    expect(written(ids + "yes")).toBe(header + "01");
    expect(written(ids + "no")).toBe(header + "00");
    expect(written(ids + "no random")).toBe(header + "02");
    expect(written(ids + "yes random")).toBe(header + "03");
  });

  it("has a debug trace sampled, and an open decision not", () => {
    expect(written("4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 debug")).toBe(
      "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    );
    expect(written("4bf92f3577b34da6a3ce929d0e0e4736 00f067aa0ba902b7 undecided")).toBe(
      "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00",
    );
  });

  it("has zeroes on the left of an id of 64 bits", () => {
    expect(written("8448eb211c80319c b7ad6b7169203331 yes")).toBe(
      "traceparent: 00-00000000000000008448eb211c80319c-b7ad6b7169203331-01",
    );
  });

  it("is of version 00, whatever version came (§3.2.4)", () => {
    const came = "traceparent: cc-" + TRACE + "-" + PARENT + "-ff-more";
    expect(write(FormatId.W3C, TRACE + " 00f067aa0ba902b7 yes", came)).toBe(
      "traceparent: 00-" + TRACE + "-00f067aa0ba902b7-01",
    );
  });
});
