import { configuration, errors } from "../../../test/support/spec/configuration";
import { specRegion } from "../../../test/support/spec/bytes";
import { headerLines } from "../test/spec/header-lines";
import { HeaderPairs } from "../../../test/support/spec/pairs";
import { startRequest } from "../../../test/support/spec/request";
import { context } from "../test/spec/trace-contexts";
import { MatchCompiler } from "../../../assembly/match/compiler";
import { PluginReading } from "../../../assembly/plugin/reading";
import { SlotTable } from "../../../assembly/request/slots";
import { Sampling } from "../context";
import { NONE } from "../lists/fraction";
import { OtMember } from "../lists/ot-member";
import { readSampling } from "./read-sampling";
import { Sampler } from "./sampler";
import { Tracestate } from "../lists/tracestate";

const slots: SlotTable = SlotTable.open(specRegion(), false);

function samplerOf(json: string): Sampler {
  const place = configuration(json);
  const sampler = readSampling(place, MatchCompiler.open(specRegion(), slots), PluginReading.open(place, specRegion()));
  expect(errors(place)).toBe("");
  return sampler;
}

/** What a request for a path by a method comes to: `yes` with the threshold's digits, of 14, or `no`. */
function decided(sampler: Sampler, method: string, path: string, trace: string, tracestate: string = ""): string {
  const pairs = new HeaderPairs().add(":method", method).add(":path", path).add(":authority", "reviews");
  startRequest(slots, pairs);
  const into = context(trace + " 1 undecided random");
  const ot = OtMember.of(Tracestate.read(tracestate == "" ? null : headerLines([tracestate])));
  const threshold = sampler.decide(into, ot);
  if (into.sampling == Sampling.NO) return threshold == NONE ? "no" : "no, but with a threshold";
  return into.sampling == Sampling.YES ? "yes " + threshold.toString(16).padStart(14, "0") : "undecided";
}

/** Traces whose lower 56 bits are all 0, just under and at the half, and all 1; the 8 bits above count for nothing. */
const LEAST = "ffffffffffffffffff00000000000000";
const UNDER_HALF = "ffffffffffffffffff7fffffffffffff";
const HALF = "00000000000000000080000000000000";
const MOST = "000000000000000000ffffffffffffff";

describe("the share of traces that are recorded", () => {
  it("is 1 % where nothing is said, as of Istio", () => {
    const sampler = samplerOf("{}");
    // OpenTelemetry's threshold of 1 % in four digits is fd70a.
    expect(decided(sampler, "GET", "/", "fd70a000000000")).toBe("yes fd70a000000000");
    expect(decided(sampler, "GET", "/", "fd709fffffffff")).toBe("no");
    expect(decided(sampler, "GET", "/", LEAST)).toBe("no");
    expect(decided(sampler, "GET", "/", MOST)).toBe("yes fd70a000000000");
  });

  it("is all at 100 and none at 0", () => {
    const all = samplerOf('{"randomSamplingPercentage": 100}');
    expect(decided(all, "GET", "/", LEAST)).toBe("yes 00000000000000");
    expect(decided(all, "GET", "/", MOST)).toBe("yes 00000000000000");
    const none = samplerOf('{"randomSamplingPercentage": 0}');
    expect(decided(none, "GET", "/", LEAST)).toBe("no");
    expect(decided(none, "GET", "/", MOST)).toBe("no");
  });

  it("is of the trace id's lower 56 bits", () => {
    const half = samplerOf('{"randomSamplingPercentage": 50}');
    expect(decided(half, "GET", "/", LEAST)).toBe("no");
    expect(decided(half, "GET", "/", UNDER_HALF)).toBe("no");
    expect(decided(half, "GET", "/", HALF)).toBe("yes 80000000000000");
    expect(decided(half, "GET", "/", MOST)).toBe("yes 80000000000000");
  });

  it("is of tracestate's randomness where that has some", () => {
    const half = samplerOf('{"randomSamplingPercentage": 50}');
    expect(decided(half, "GET", "/", MOST, "ot=rv:7fffffffffffff")).toBe("no");
    expect(decided(half, "GET", "/", LEAST, "ot=rv:80000000000000")).toBe("yes 80000000000000");
    expect(decided(half, "GET", "/", LEAST, "other=rv:80000000000000")).toBe("no");
  });
});

const RULES =
  '{"randomSamplingPercentage": 50, "rules": [' +
  '{"match": [{"uri": {"prefix": "/health"}}, {"method": {"exact": "OPTIONS"}}], "randomSamplingPercentage": 0},' +
  '{"match": [{"uri": {"prefix": "/checkout"}, "method": {"exact": "POST"}}], "randomSamplingPercentage": 100},' +
  '{"match": [{"uri": {"prefix": "/checkout"}}], "randomSamplingPercentage": 25}]}';

describe("rules of sampling", () => {
  it("count before the share beside them, the first of which any match holds", () => {
    const sampler = samplerOf(RULES);
    expect(decided(sampler, "GET", "/health/live", MOST)).toBe("no");
    expect(decided(sampler, "OPTIONS", "/checkout", MOST)).toBe("no");
    expect(decided(sampler, "POST", "/checkout", LEAST)).toBe("yes 00000000000000");
    // A quarter: c0 on.
    expect(decided(sampler, "GET", "/checkout", "bfffffffffffff")).toBe("no");
    expect(decided(sampler, "GET", "/checkout", "c0000000000000")).toBe("yes c0000000000000");
    expect(decided(sampler, "GET", "/", UNDER_HALF)).toBe("no");
    expect(decided(sampler, "GET", "/", HALF)).toBe("yes 80000000000000");
  });

  it("are asked anew for each request", () => {
    const sampler = samplerOf(RULES);
    for (let i = 0; i < 3; i++) {
      expect(decided(sampler, "POST", "/checkout", LEAST)).toBe("yes 00000000000000");
      expect(decided(sampler, "POST", "/", LEAST)).toBe("no");
    }
  });
});
