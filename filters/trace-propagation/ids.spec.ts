import { context, shownContext } from "./test/spec/trace-contexts";
import { seedRandom } from "../../assembly/host/random";
import { beginTrace, newId } from "./ids";

/** SplitMix64 draws 0 next: the state is then 0, as its step is this (`assembly/text/split-mix.ts`). */
function drawZeroNext(): void {
  seedRandom(0 - 0x9e3779b97f4a7c15);
}

describe("a trace that begins", () => {
  it("has random ids, says so, and leaves the decision to others (SplitMix64 for seed 1234567, as in Rosetta Code)", () => {
    seedRandom(1234567);
    const begun = context("dead beef undecided");
    beginTrace(begun);
    expect<u64>(begun.traceHigh).toBe(6457827717110365317);
    expect<u64>(begun.traceLow).toBe(3203168211198807973);
    expect<u64>(begun.spanId).toBe(9817491932198370423);
    expect<bool>(begun.random).toBe(true);
    expect(shownContext(begun).endsWith(" undecided random")).toBe(true);
    const decided = context("dead beef no");
    beginTrace(decided);
    expect(shownContext(decided).endsWith(" no random")).toBe(true);
  });

  it("is another one each time", () => {
    const seen = new Set<string>();
    const begun = context("0 0 no");
    for (let i = 0; i < 2000; i++) {
      beginTrace(begun);
      const ids = shownContext(begun).split(" ");
      seen.add(ids[0]);
      seen.add(ids[1]);
    }
    expect(seen.size).toBe(4000);
  });
});

describe("a new id", () => {
  it("is never 0, which is none (W3C Trace Context, trace-id and parent-id)", () => {
    drawZeroNext();
    // What SplitMix64 gives first for seed 0.
    expect<u64>(newId()).toBe(0xe220a8397b1dcdaf);
  });

  it("is the lower half of a trace's, so that formats of 64 bits have one; the upper half may be 0", () => {
    drawZeroNext();
    const begun = context("dead beef no");
    beginTrace(begun);
    expect<u64>(begun.traceHigh).toBe(0);
    expect<u64>(begun.traceLow).toBe(0xe220a8397b1dcdaf);
  });
});
