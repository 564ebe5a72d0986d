import { specRegion } from "../../test/support/spec/bytes";
import { counter } from "../../test/support/spec/emulator";
import { context, shownContext } from "./test/spec/trace-contexts";
import { receiveFor } from "./test/spec/trace-formats";
import { SlotTable } from "../../assembly/request/slots";
import { FormatInUse } from "./formats/format-in-use";
import { Counters } from "./counters";
import { extract, foundInvalid, w3cTells } from "./extract";
import { Format, FormatId } from "./formats/format";
import { Plan } from "./plan";

const HIGH = "4bf92f3577b34da6";
const LOW = "a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const OTHER = "05e3ac9a4f6e3b90";
const ZERO = "0000000000000000";

const slots = SlotTable.open(specRegion(), false);

/** A plan with these formats in `extract`. */
function planOf(formats: FormatId[]): Plan {
  const plan = changetype<Plan>(specRegion().take(offsetof<Plan>()));
  plan.counters = changetype<Counters>(specRegion().take(offsetof<Counters>()));
  plan.counters.define();
  let last: FormatInUse | null = null;
  for (let i = 0; i < formats.length; i++) {
    const inUse = FormatInUse.open(Format.open(formats[i], specRegion(), slots), specRegion());
    if (last == null) plan.firstToRead = inUse;
    else last.nextToRead = inUse;
    last = inUse;
  }
  return plan;
}

/** What is extracted from a request with these headers: the context, or `none, <decision>`. */
function extracted(plan: Plan, headers: string): string {
  receiveFor(slots, headers);
  const into = context("dead dead no random");
  const came = extract(plan, into);
  if (came) return shownContext(into);
  return "none, " + shownContext(into).split(" ")[2];
}

let counted: u64 = 0;

/** How many conflicts were counted since this was last asked. */
function conflicts(): u64 {
  const before = counted;
  counted = counter("trace_propagation.conflicts");
  return counted - before;
}

const W3C = "traceparent: 00-" + HIGH + LOW + "-" + SPAN + "-03";
const B3_SHORT = "b3: " + LOW + "-" + OTHER + "-0";

describe("a request's context", () => {
  it("is that of the first of the formats that has one", () => {
    const both = planOf([FormatId.W3C, FormatId.JAEGER]);
    const jaeger = "uber-trace-id: " + HIGH + LOW + ":" + OTHER + ":0:0";
    expect(extracted(both, W3C + "\n" + jaeger)).toBe(HIGH + LOW + " " + SPAN + " yes random");
    expect(extracted(both, jaeger)).toBe(HIGH + LOW + " " + OTHER + " no");
    expect(extracted(both, "traceparent: ?\n" + jaeger)).toBe(HIGH + LOW + " " + OTHER + " no");
    expect<bool>(foundInvalid).toBe(true);
    expect(extracted(both, W3C + "\nuber-trace-id: ?")).toBe(HIGH + LOW + " " + SPAN + " yes random");
    expect<bool>(foundInvalid).toBe(true);
    expect(extracted(both, W3C)).toBe(HIGH + LOW + " " + SPAN + " yes random");
    expect<bool>(foundInvalid).toBe(false);
    expect<u64>(conflicts()).toBe(0);
  });

  it("is none where no format has one, or none is read", () => {
    expect(extracted(planOf([FormatId.W3C, FormatId.B3]), "x: 1")).toBe("none, undecided");
    expect<bool>(foundInvalid).toBe(false);
    expect(extracted(planOf([FormatId.W3C]), "traceparent: ?")).toBe("none, undecided");
    expect<bool>(foundInvalid).toBe(true);
    expect(extracted(planOf([FormatId.JAEGER]), W3C)).toBe("none, undecided");
    expect(extracted(planOf([]), W3C)).toBe("none, undecided");
  });

  it("takes a decision without ids, the first, only where there is no context", () => {
    const plan = planOf([FormatId.B3_SINGLE, FormatId.B3, FormatId.W3C]);
    expect(extracted(plan, "b3: 0")).toBe("none, no");
    expect(extracted(plan, "b3: d\nx-b3-sampled: 0")).toBe("none, debug");
    expect(extracted(plan, "x-b3-sampled: 1\ntraceparent: ?")).toBe("none, yes");
    expect(extracted(plan, "b3: 0\n" + W3C)).toBe(HIGH + LOW + " " + SPAN + " yes random");
  });

  it("is given a span where the headers name none", () => {
    const plan = planOf([FormatId.XRAY]);
    const was = extracted(plan, "x-amzn-trace-id: Root=1-" + HIGH.substring(0, 8) + "-" + HIGH.substring(8) + LOW);
    const parts = was.split(" ");
    expect(parts[0]).toBe(HIGH + LOW);
    expect(parts[1]).not.toBe(ZERO);
    expect(parts[2]).toBe("undecided");
  });
});

describe("formats that tell different traces", () => {
  it("are a conflict, counted once for a request, and the first counts", () => {
    const plan = planOf([FormatId.B3_SINGLE, FormatId.W3C, FormatId.JAEGER]);
    const b3 = "b3: " + HIGH + OTHER + "-" + SPAN;
    expect(extracted(plan, b3 + "\n" + W3C)).toBe(HIGH + OTHER + " " + SPAN + " undecided");
    expect<bool>(w3cTells).toBe(false);
    expect<u64>(conflicts()).toBe(1);
    extracted(plan, b3 + "\n" + W3C + "\nuber-trace-id: 1:2:0:1");
    expect<u64>(conflicts()).toBe(1);
    extracted(plan, b3);
    expect<u64>(conflicts()).toBe(0);
  });

  it("are in conflict by the upper half alone, unless one has none", () => {
    const plan = planOf([FormatId.W3C, FormatId.B3_SINGLE, FormatId.JAEGER]);
    extracted(plan, W3C + "\nb3: " + OTHER + LOW + "-" + SPAN);
    expect<u64>(conflicts()).toBe(1);
    extracted(plan, W3C + "\n" + B3_SHORT);
    expect<u64>(conflicts()).toBe(0);
  });

  it("are in conflict where the first has no upper half, and the others have two", () => {
    const plan = planOf([FormatId.B3_SINGLE, FormatId.W3C, FormatId.JAEGER]);
    const jaeger = "uber-trace-id: " + OTHER + LOW + ":1:0:1";
    expect(extracted(plan, B3_SHORT + "\n" + W3C + "\n" + jaeger)).toBe(HIGH + LOW + " " + OTHER + " no random");
    expect<u64>(conflicts()).toBe(1);
  });
});

describe("formats that tell one trace", () => {
  it("tell the whole of its id together, whichever comes first", () => {
    const w3cFirst = planOf([FormatId.W3C, FormatId.B3_SINGLE]);
    expect(extracted(w3cFirst, W3C + "\n" + B3_SHORT)).toBe(HIGH + LOW + " " + SPAN + " yes random");
    expect<bool>(w3cTells).toBe(true);
    const b3First = planOf([FormatId.B3_SINGLE, FormatId.W3C]);
    expect(extracted(b3First, W3C + "\n" + B3_SHORT)).toBe(HIGH + LOW + " " + OTHER + " no random");
    expect<bool>(w3cTells).toBe(true);
    expect<u64>(conflicts()).toBe(0);
    expect(extracted(b3First, B3_SHORT)).toBe(
      ZERO + LOW + " " + OTHER + " no",
      "nothing is left of the request before",
    );
    expect<bool>(w3cTells).toBe(false);
  });

  it("tell its random flag in W3C's headers alone", () => {
    const plan = planOf([FormatId.B3_SINGLE, FormatId.W3C]);
    const notRandom = "traceparent: 00-" + HIGH + LOW + "-" + SPAN + "-01";
    expect(extracted(plan, notRandom + "\n" + B3_SHORT)).toBe(HIGH + LOW + " " + OTHER + " no");
    const another = "traceparent: 00-" + HIGH + OTHER + "-" + SPAN + "-03";
    expect(extracted(plan, another + "\n" + B3_SHORT)).toBe(ZERO + LOW + " " + OTHER + " no");
  });
});
