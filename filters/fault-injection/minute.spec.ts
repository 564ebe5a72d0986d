import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { Region } from "../../assembly/memory/region";
import { MINUTE_SIZE, Minute, faultsOfMinute, requestsOfMinute } from "./minute";

/** 2026-11-25T10:00:00Z, which `date -u -d … +%s` prints; a whole minute, as every such number that 60 divides. */
const TEN: u32 = 1795600800;

function minute(): Minute {
  return changetype<Minute>(Region.open().take(MINUTE_SIZE));
}

/** What a sum comes to, `requests/faults`; "unknown" where the clock was set back. */
function summed(one: Minute, now: u32): string {
  return one.sum(now) ? requestsOfMinute.toString() + "/" + faultsOfMinute.toString() : "unknown";
}

describe("a minute", () => {
  it("is one in which nothing was while all its bytes are zero", () => {
    expect(summed(minute(), TEN)).toBe("0/0");
    // 60 seconds, three 32-bit numbers each.
    expect<u32>(MINUTE_SIZE).toBe(720);
  });

  it("adds up what there was in a second", () => {
    const one = minute();
    one.add(TEN, 5, 0);
    one.add(TEN, 0, 1);
    one.add(TEN, 7, 2);
    expect(summed(one, TEN)).toBe("12/3");
  });

  it("takes in exactly 60 seconds, the current one included", () => {
    const one = minute();
    one.add(TEN, 5, 1);
    one.add(TEN + 1, 100, 10);
    expect(summed(one, TEN + 59)).toBe("105/11");
    expect(summed(one, TEN + 60)).toBe("100/10");
    expect(summed(one, TEN + 61)).toBe("0/0");
    expect(summed(one, TEN + 1000000)).toBe("0/0");
  });

  it("gives a second's place to the one a minute later", () => {
    const one = minute();
    for (let i: u32 = 0; i < 60; i++) one.add(TEN + i, 1, 0);
    expect(summed(one, TEN + 59)).toBe("60/0");
    one.add(TEN + 60, 1000, 7);
    expect(summed(one, TEN + 60)).toBe("1059/7");
    one.add(TEN + 60, 1000, 7);
    expect(summed(one, TEN + 60)).toBe("2059/14");
  });

  it("does not know where seconds lie after the current one, until they no longer do", () => {
    const one = minute();
    one.add(TEN + 10, 100, 1);
    expect(summed(one, TEN + 9)).toBe("unknown");
    one.add(TEN + 9, 1, 0);
    expect(summed(one, TEN + 9)).toBe("unknown");
    expect(summed(one, TEN + 10)).toBe("101/1");
  });

  it("knows again at once where the clock was set back by whole minutes, and the second's place is taken over", () => {
    const one = minute();
    one.add(TEN + 120, 100, 1);
    expect(summed(one, TEN)).toBe("unknown");
    one.add(TEN, 3, 0);
    expect(summed(one, TEN)).toBe("3/0");
  });

  it("does not mistake the first minute of 1970 for what was in it", () => {
    const one = minute();
    expect(summed(one, 59)).toBe("0/0");
    one.add(0, 2, 1);
    expect(summed(one, 59)).toBe("2/1");
    expect(summed(one, 60)).toBe("0/0");
  });

  it("adds up counts beyond 32 bits", () => {
    const one = minute();
    for (let i: u32 = 0; i < 3; i++) one.add(TEN + i, u32.MAX_VALUE, u32.MAX_VALUE);
    expect(summed(one, TEN + 2)).toBe("12884901885/12884901885");
  });

  it("comes to what a list of all that was added does, whenever it is asked", () => {
    const random = new Random(seed());
    const times: u32[] = [];
    const requests: u32[] = [];
    const faults: u32[] = [];
    const one = minute();
    let now = TEN;
    for (let step = 0; step < 2000; step++) {
      now += random.percent(60) ? 0 : random.percent(95) ? random.below(4) : random.below(200);
      times.push(now);
      requests.push(random.below(50));
      faults.push(random.below(3));
      one.add(now, requests[step], faults[step]);
      let allRequests = 0;
      let allFaults = 0;
      for (let i = step; i >= 0 && now - times[i] < 60; i--) {
        allRequests += requests[i];
        allFaults += faults[i];
      }
      expect(summed(one, now)).toBe(allRequests.toString() + "/" + allFaults.toString(), "step " + step.toString());
    }
  });
});
