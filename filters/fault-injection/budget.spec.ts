import { text } from "../../test/support/spec/bytes";
import { forgetProperties, setProperty } from "../../test/support/spec/host";
import { Random } from "../../test/support/spec/random";
import { seed } from "../../test/support/spec/run";
import { shared } from "../../test/support/spec/shared-data";
import { resetArena } from "../../assembly/memory/arena";
import { Status } from "../../assembly/host/status";
import { Region } from "../../assembly/memory/region";
import { Budget } from "./budget";
import { MINUTE_SIZE, Minute, faultsOfMinute, requestsOfMinute } from "./minute";

export { proxy_get_property } from "../../test/support/spec/host";
export { proxy_get_shared_data, proxy_set_shared_data } from "../../test/support/spec/shared-data";

/** 2026-11-25T10:00:00Z, in seconds. */
const TEN: u32 = 1795600800;

/** Another process, with no shared data yet. */
function restart(): void {
  forgetProperties();
  setProperty("plugin_name", text("p"));
  shared.forget();
}

/** A worker's budget, of so many faults in a million requests. */
function worker(most: u32): Budget {
  resetArena();
  const budget = Budget.open(Region.open(), most);
  budget.share();
  return budget;
}

/** A request comes to a worker. */
function comes(budget: Budget, second: u32): void {
  resetArena();
  budget.seen(<u64>second * 1000000000 + 123456789);
}

/** Requests come to a worker, each of which is to meet a fault; gives how many do. */
function faults(budget: Budget, second: u32, requests: i32): i32 {
  let count = 0;
  for (let i = 0; i < requests; i++) {
    comes(budget, second);
    if (budget.spend()) count++;
  }
  return count;
}

/** What the workers share of the last 60 seconds, `requests/faults`. */
function sharedSum(second: u32): string {
  changetype<Minute>(shared.start).sum(second);
  return requestsOfMinute.toString() + "/" + faultsOfMinute.toString();
}

describe("a budget", () => {
  it("lets one of 20 requests meet a fault for 5 %, and the next where 40 have come", () => {
    restart();
    const budget = worker(50000);
    expect(faults(budget, TEN, 19)).toBe(0);
    expect(faults(budget, TEN, 1)).toBe(1);
    expect(faults(budget, TEN, 19)).toBe(0);
    expect(faults(budget, TEN, 1)).toBe(1);
    expect(sharedSum(TEN)).toBe("40/2");
  });

  it("of 0 % lets none, and of 100 % each", () => {
    restart();
    expect(faults(worker(0), TEN, 1000)).toBe(0);
    restart();
    expect(faults(worker(1000000), TEN, 1000)).toBe(1000);
  });

  it("is of the last 60 seconds", () => {
    restart();
    const budget = worker(500000);
    for (let i = 0; i < 100; i++) comes(budget, TEN);
    comes(budget, TEN + 1);
    expect(faults(budget, TEN + 59, 60)).toBe(60, "101 requests and these allow 80 faults");
    expect(faults(budget, TEN + 60, 1)).toBe(0, "62 requests allow 31 faults, and there were 60");
    expect(faults(budget, TEN + 118, 1)).toBe(0);
    expect(faults(budget, TEN + 119, 1)).toBe(1, "3 requests allow 1 fault, and those of TEN + 59 are over");
  });

  it("is one for all workers, and stays where a configuration is read anew", () => {
    restart();
    const one = worker(100000);
    const other = worker(100000);
    expect(faults(one, TEN, 10)).toBe(1);
    expect(faults(other, TEN, 9)).toBe(0);
    expect(faults(worker(100000), TEN, 1)).toBe(1);
    expect(sharedSum(TEN)).toBe("20/2");
  });

  it("knows another worker's requests once the second is over", () => {
    restart();
    const one = worker(100000);
    const other = worker(100000);
    for (let i = 0; i < 19; i++) comes(one, TEN);
    expect(faults(other, TEN + 1, 1)).toBe(0);
    comes(one, TEN + 1);
    expect(faults(other, TEN + 1, 1)).toBe(1);
    expect(sharedSum(TEN + 1)).toBe("21/1", "the last one of the first worker is not told yet");
  });

  it("costs one write a second where no fault is drawn", () => {
    restart();
    const budget = worker(100000);
    shared.writes = 0;
    for (let i = 0; i < 10000; i++) comes(budget, TEN + <u32>(i / 1000));
    expect(shared.writes).toBe(9);
  });

  it("is the plugin's own", () => {
    restart();
    worker(100000);
    expect(shared.key).toBe("fault-injection.budget.p");
    restart();
    forgetProperties();
    worker(100000);
    expect(shared.key).toBe("fault-injection.budget.");
  });
});

describe("no fault is let", () => {
  it("without a time, and before a request was seen", () => {
    restart();
    const budget = worker(1000000);
    expect(budget.spend()).toBe(false);
    budget.seen(0);
    expect(budget.spend()).toBe(false);
    expect(shared.writes).toBe(1, "no more than the first one");
  });

  it("where shared data cannot be read or written", () => {
    restart();
    const budget = worker(1000000);
    for (let code: u32 = 1; code <= 12; code++) {
      shared.readStatus = code;
      expect(faults(budget, TEN, 1)).toBe(0, code.toString());
      shared.readStatus = Status.OK;
      shared.writeStatus = code;
      shared.writes = 0;
      expect(faults(budget, TEN, 1)).toBe(0, code.toString());
      expect(shared.writes).toBe(code == Status.CAS_MISMATCH ? 8 : 1, code.toString());
      shared.writeStatus = Status.OK;
    }
    expect(sharedSum(TEN)).toBe("0/0");
    expect(faults(budget, TEN, 1)).toBe(1);
    expect(sharedSum(TEN)).toBe("25/1", "the requests are told when it can be");
  });

  it("where something else than a minute lies there", () => {
    restart();
    const budget = worker(1000000);
    shared.size = MINUTE_SIZE - 1;
    expect(faults(budget, TEN, 1)).toBe(0);
    shared.size = MINUTE_SIZE + 1;
    expect(faults(budget, TEN, 1)).toBe(0);
  });

  it("where the clock was set back, until it is as late again", () => {
    restart();
    const budget = worker(1000000);
    expect(faults(budget, TEN + 30, 1)).toBe(1);
    expect(faults(budget, TEN + 29, 1)).toBe(0);
    expect(faults(budget, TEN + 30, 1)).toBe(1);
  });

  it("where other workers are faster eight times", () => {
    restart();
    const budget = worker(1000000);
    shared.overtaken = 7;
    expect(faults(budget, TEN, 1)).toBe(1);
    shared.overtaken = 8;
    expect(faults(budget, TEN, 1)).toBe(0);
    expect(faults(budget, TEN, 1)).toBe(1);
    expect(sharedSum(TEN)).toBe("3/2");
  });
});

describe("what a worker has not told yet", () => {
  it("is dropped where it is a minute old, for its second's place is another one's", () => {
    restart();
    const idle = worker(500000);
    const busy = worker(500000);
    comes(idle, TEN);
    expect(faults(busy, TEN + 60, 10)).toBe(5);
    comes(idle, TEN + 59);
    expect(sharedSum(TEN + 60)).toBe("10/5", "a clock that was read just before the minute was over");
    comes(idle, TEN + 119);
    expect(sharedSum(TEN + 60)).toBe("10/5");
    expect(faults(busy, TEN + 61, 1)).toBe(0, "11 requests allow 5 faults, which there were");
  });

  it("is not taken for requests of a later second where it cannot be told", () => {
    restart();
    const budget = worker(500000);
    for (let i = 0; i < 10; i++) comes(budget, TEN);
    shared.overtaken = 8;
    comes(budget, TEN + 1);
    expect(faults(budget, TEN + 60, 2)).toBe(1, "3 requests of the last minute allow 1 fault");
  });
});

/** All requests and faults that there were, by their seconds from `TEN` on. */
class History {
  requests: StaticArray<u32> = new StaticArray<u32>(4000);
  faults: StaticArray<u32> = new StaticArray<u32>(4000);

  /** Whether the faults of the minute that ends with a second are within a share of its requests. */
  isWithin(second: u32, most: u32): bool {
    let requests: u64 = 0;
    let faults: u64 = 0;
    for (let at: u32 = second < 60 ? 0 : second - 59; at <= second; at++) {
      requests += this.requests[at];
      faults += this.faults[at];
    }
    return faults * 1000000 <= requests * most;
  }
}

describe("in every minute that ends with a fault", () => {
  it("the faults are within the share of the requests, however they fall on workers, seconds and gaps", () => {
    const random = new Random(seed());
    for (let round = 0; round < 20; round++) {
      restart();
      const most = 1 + random.below(random.percent(50) ? 1000000 : 100000);
      const workers: Budget[] = [];
      for (let i: u32 = 0; i <= random.below(5); i++) workers.push(worker(most));
      const history = new History();
      let now: u32 = 0;
      let over = 0;
      let met = 0;
      for (let step = 0; step < 3000; step++) {
        if (random.percent(10)) now += random.percent(97) ? random.below(3) : 50 + random.below(15);
        if (now >= 4000) break;
        if (random.percent(5)) shared.overtaken = random.below(10);
        const budget = workers[random.below(workers.length)];
        history.requests[now]++;
        comes(budget, TEN + now);
        if (random.percent(70) && budget.spend()) {
          met++;
          history.faults[now]++;
          if (!history.isWithin(now, most)) over++;
        }
      }
      expect(over).toBe(0, "round " + round.toString());
      if (most > 100000) expect(met).toBeGreaterThan(50, "round " + round.toString());
    }
  });
});
