import { specRegion } from "../../test/support/spec/bytes";
import { effective, endContext, forgetContexts } from "../../test/support/spec/host";
import { monotonicClock } from "../../test/support/spec/monotonic-clock";
import { Status } from "../host/status";
import { Waiting } from "./deadlines";
import { Timers } from "./timers";

export { proxy_set_effective_context } from "../../test/support/spec/host";
export { clock_time_get } from "../../test/support/spec/monotonic-clock";

const MILLISECOND: u64 = 1_000_000;
const ROOT: u32 = 1;

/** What the host's timer was set to, in order. */
let periods = "";
let status: u32 = Status.OK;

export function proxy_set_tick_period_milliseconds(milliseconds: u32): u32 {
  periods += (periods.length > 0 ? " " : "") + milliseconds.toString();
  return status;
}

function begin(): Timers {
  forgetContexts();
  periods = "";
  status = Status.OK;
  monotonicClock.now = 1000 * MILLISECOND;
  return Timers.open(specRegion());
}

function waiting(owner: u32, stream: u32): Waiting {
  const made = changetype<Waiting>(specRegion().take(offsetof<Waiting>()));
  made.owner = owner;
  made.stream = stream;
  return made;
}

/** A call of the timer some milliseconds later: `owner:stream` of each record that was due. */
function tick(timers: Timers, later: u64): string {
  monotonicClock.now += later * MILLISECOND;
  let all = "";
  let due = timers.begin(ROOT);
  while (due != null) {
    all += (all.length > 0 ? " " : "") + due.owner.toString() + ":" + due.stream.toString();
    due = timers.next();
  }
  return all;
}

describe("a root's timer", () => {
  it("is shared by several filters, each with deadlines of its own", () => {
    const timers = begin();
    expect(timers.add(waiting(4, 10), 50)).toBe(true);
    expect(timers.add(waiting(0, 0), 1000)).toBe(true);
    expect(timers.add(waiting(3, 0), 20)).toBe(true);
    expect(timers.add(waiting(4, 11), 30)).toBe(true);
    expect(periods).toBe("50 20", "set anew only for an earlier deadline");
    periods = "";
    expect(tick(timers, 20)).toBe("3:0");
    expect(tick(timers, 10)).toBe("4:11");
    expect(tick(timers, 20)).toBe("4:10");
    expect(tick(timers, 950)).toBe("0:0");
    expect(periods).toBe("10 20 950 0");
  });

  it("makes the stream the effective context for what waits for one, and the root for what waits for none", () => {
    const timers = begin();
    timers.add(waiting(4, 10), 5);
    timers.add(waiting(3, 0), 5);
    expect(tick(timers, 5)).toBe("4:10 3:0");
    expect(effective).toBe("10 1 1", "and the root's again at the end");
  });

  it("leaves out what waits for a stream that is gone", () => {
    const timers = begin();
    timers.add(waiting(4, 10), 5);
    timers.add(waiting(4, 11), 5);
    endContext(10);
    expect(tick(timers, 5)).toBe("4:11");
  });

  it("may be asked again for by what was due: a filter with a period of its own", () => {
    const timers = begin();
    const flush = waiting(0, 0);
    timers.add(flush, 10);
    let due = "";
    for (let i = 0; i < 3; i++) {
      monotonicClock.now += 10 * MILLISECOND;
      const first = timers.begin(ROOT);
      due += first == null ? "none " : first.owner.toString() + " ";
      if (first != null) timers.add(first, 10);
      expect(timers.next() == null).toBe(true);
    }
    expect(due).toBe("0 0 0 ");
  });

  it("has nothing of what was removed", () => {
    const timers = begin();
    const removed = waiting(4, 10);
    timers.add(removed, 5);
    timers.add(waiting(4, 11), 6);
    timers.remove(removed);
    expect(tick(timers, 6)).toBe("4:11");
  });

  it("refuses what could never be due: without a clock, or a timer", () => {
    const timers = begin();
    status = Status.INTERNAL_FAILURE;
    expect(timers.add(waiting(4, 10), 5)).toBe(false);
    status = Status.OK;
    monotonicClock.now = 0;
    expect(timers.add(waiting(4, 10), 5)).toBe(false);
    monotonicClock.now = MILLISECOND;
    expect(tick(timers, 100)).toBe("");
  });

  it("gives everything at once if it can be set no more", () => {
    const timers = begin();
    for (let i: u32 = 0; i < 40; i++) timers.add(waiting(4, 10 + i), 5);
    timers.add(waiting(3, 0), 5000);
    status = Status.INTERNAL_FAILURE;
    expect(tick(timers, 5).split(" ").length).toBe(41);
  });
});
