import { HeaderPairs } from "../../test/support/spec/pairs";
import { startRequest } from "../../test/support/spec/request";
import { Region } from "../../assembly/memory/region";
import { SlotTable } from "../../assembly/request/slots";
import { TraceHeaders } from "./trace-headers";

const region = Region.open();
const slots = SlotTable.open(region, false);
const headers = TraceHeaders.open(region, slots);

/** What the draws of a request with these headers follow from; "none" where it has no trace. */
function id(pairs: HeaderPairs): string {
  startRequest(slots, pairs);
  const id = headers.id();
  return id == null ? "none" : String.UTF8.decodeUnsafe(id.start, id.length);
}

function idOf(name: string, value: string): string {
  return id(new HeaderPairs().add(name, value));
}

/** The examples of W3C Trace Context §3.2 and of B3 Propagation. */
const LOW = "a3ce929d0e0e4736";
const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const B3_LOW = "8448eb211c80319c";
const B3_LONG = "80f198ee56343ba864fe8b2a57d3eff7";

describe("a trace's id", () => {
  it("is the lower 64 bits of traceparent's", () => {
    expect(idOf("traceparent", TRACEPARENT)).toBe(LOW);
    // What a later version has behind them is no part of it (§4.3).
    expect(idOf("traceparent", TRACEPARENT.replace("00-4", "cc-4") + "-what-the-future-brings")).toBe(LOW);
  });

  it("is the lower 64 bits of the single b3 header's, which has 64 or 128", () => {
    expect(idOf("b3", B3_LONG + "-e457b5a2e4d86bd1-1-05e3ac9a4f6e3b90")).toBe("64fe8b2a57d3eff7");
    expect(idOf("b3", B3_LONG + "-e457b5a2e4d86bd1")).toBe("64fe8b2a57d3eff7");
    expect(idOf("b3", B3_LOW + "-e457b5a2e4d86bd1-1")).toBe(B3_LOW);
  });

  it("is the lower 64 bits of x-b3-traceid", () => {
    expect(idOf("x-b3-traceid", B3_LONG)).toBe("64fe8b2a57d3eff7");
    expect(idOf("x-b3-traceid", B3_LOW)).toBe(B3_LOW);
  });

  it("is one for all services of a trace, some of which know 64 bits of it", () => {
    expect(idOf("traceparent", "00-" + B3_LONG + "-00f067aa0ba902b7-01")).toBe(idOf("b3", B3_LONG.slice(16) + "-1-1"));
    expect(idOf("x-b3-traceid", B3_LONG)).toBe(idOf("x-b3-traceid", B3_LONG.slice(16)));
  });

  it("is traceparent's before b3's before x-b3-traceid's", () => {
    const multiple = new HeaderPairs().add("x-b3-traceid", B3_LONG);
    expect(id(multiple)).toBe("64fe8b2a57d3eff7");
    expect(id(multiple.add("b3", B3_LOW + "-e457b5a2e4d86bd1"))).toBe(B3_LOW);
    expect(id(multiple.add("traceparent", TRACEPARENT))).toBe(LOW);
  });

  it("is sought in the next header where one has none", () => {
    // A b3 of the sampling decision alone.
    const pairs = new HeaderPairs().add("traceparent", "00-4bf92f3577b34da6").add("b3", "0");
    expect(id(pairs)).toBe("none");
    expect(id(pairs.add("x-b3-traceid", B3_LOW))).toBe(B3_LOW);
  });

  it("is none where no header has one", () => {
    expect(id(new HeaderPairs().add("x-request-id", B3_LONG))).toBe("none");
    expect(idOf("traceparent", "")).toBe("none");
    expect(idOf("traceparent", TRACEPARENT.slice(0, 35))).toBe("none");
    expect(idOf("b3", "")).toBe("none");
    expect(idOf("b3", "d")).toBe("none");
    expect(idOf("b3", "-" + B3_LOW)).toBe("none");
    expect(idOf("b3", B3_LOW.slice(1) + "-e457b5a2e4d86bd1")).toBe("none");
    expect(idOf("x-b3-traceid", "")).toBe("none");
    expect(idOf("x-b3-traceid", B3_LOW.slice(1))).toBe("none");
  });
});
