import { JoinWorker, keysOfOnePlace } from "../test/spec/join-worker";
import { monotonicClock } from "../../../test/support/spec/monotonic-clock";
import { sharedMap } from "../../../test/support/spec/shared-map";

export { clock_time_get } from "../../../test/support/spec/monotonic-clock";
export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;

const A = "000000000000000a000000000000000a 0000000000000001 yes random";
const A_AGAIN = "000000000000000a000000000000000a 0000000000000002 no";
const B = "000000000000000b000000000000000b 0000000000000003 debug";

/** Each test goes on at an hour of its own, when nothing of the one before counts any more. */
function restart(): void {
  sharedMap.forget();
  monotonicClock.now = (monotonicClock.now / (60 * MINUTE) + 1) * 60 * MINUTE;
}

function worker(names: string): JoinWorker {
  return new JoinWorker("g", names, MINUTE);
}

describe("a join", () => {
  it("knows whose call it is by a key that is passed on, on any worker", () => {
    restart();
    const one = worker("x-request-id");
    const other = worker("x-request-id");
    one.receive("x-request-id: 1", A, "x=1,y=2");
    expect(other.send("x-request-id: 1\nx: y")).toBe("found: " + A + " [x=1,y=2]");
    expect(other.send("x-request-id: 1")).toBe("found: " + A + " [x=1,y=2]", "each call of the request");
    expect(other.send("x-request-id: 2")).toBe("missed");
    expect(other.send("x: 1")).toBe("no key");
  });

  it("forgets it when its lifetime is over", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "");
    monotonicClock.now += MINUTE - 1;
    expect(one.send("x: 1")).toBe("found: " + A + " []");
    monotonicClock.now += 1;
    expect(one.send("x: 1")).toBe("missed");
    one.receive("x: 1", B, "");
    expect(one.send("x: 1")).toBe("found: " + B + " []");
  });

  it("takes the last of several requests of one trace, and none of several traces", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "a=1");
    one.receive("x: 1", A_AGAIN, "a=2");
    expect(one.send("x: 1")).toBe("ambiguous: " + A_AGAIN + " [a=2]");
    one.receive("x: 1", B, "a=3");
    expect(one.send("x: 1")).toBe("torn");
  });

  it("goes by the first key that the call has, and remembers under each that the request has", () => {
    restart();
    const one = worker("a b");
    one.receive("a: 1\nb: 2", A, "");
    one.receive("b: 3", B, "");
    expect(one.send("b: 2")).toBe("found: " + A + " []");
    expect(one.send("a: 1")).toBe("found: " + A + " []");
    expect(one.send("a: 1\nb: 3")).toBe("found: " + A + " []");
    expect(one.send("b: 3")).toBe("found: " + B + " []");
    expect(one.send("a: 9\nb: 3")).toBe("missed", "another request's key says nothing of this one");
  });

  it("tells the same value apart in two headers", () => {
    restart();
    const one = worker("a b");
    one.receive("a: 1", A, "");
    one.receive("b: 1", B, "");
    expect(one.send("a: 1")).toBe("found: " + A + " []");
    expect(one.send("b: 1")).toBe("found: " + B + " []");
  });

  it("has no key in a header that is empty, repeated, or of more than 256 bytes", () => {
    restart();
    const one = worker("a b");
    const long = "k".repeat(256);
    one.receive("a: " + long, A, "");
    expect(one.send("a: " + long)).toBe("found: " + A + " []");
    const writes = sharedMap.writes;
    one.receive("a: k" + long, A, "");
    one.receive("a: ", A, "");
    one.receive("a: 1\na: 1", A, "");
    expect(sharedMap.writes).toBe(writes);
    expect(one.send("a: k" + long)).toBe("no key");
    expect(one.send("a: ")).toBe("no key");
    expect(one.send("a: 1\na: 1")).toBe("no key");
    one.receive("a: \nb: 2", B, "");
    expect(one.send("a: 1\na: 2\nb: 2")).toBe("found: " + B + " []", "the next header counts then");
  });

  it("remembers no tracestate of more than 512 bytes, but the context", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "a".repeat(512));
    expect(one.send("x: 1")).toBe("found: " + A + " [" + "a".repeat(512) + "]");
    one.receive("x: 2", A, "a".repeat(513));
    expect(one.send("x: 2")).toBe("found: " + A + " []");
    one.receive("x: 3", A, "a".repeat(70000));
    expect(one.send("x: 3")).toBe("found: " + A + " []");
  });

  it("asks the clock once for a request, and not at all for one without a key", () => {
    restart();
    const one = worker("a b c");
    monotonicClock.reads = 0;
    one.receive("x: 1", A, "");
    one.send("x: 1");
    expect(monotonicClock.reads).toBe(0);
    one.receive("a: 1\nb: 2\nc: 3", A, "");
    expect(monotonicClock.reads).toBe(1);
  });

  it("is of its group alone", () => {
    restart();
    const one = worker("x");
    const other = new JoinWorker("h", "x", MINUTE);
    one.receive("x: 1", A, "");
    expect(other.send("x: 1")).toBe("missed");
  });
});

describe("a join whose writes others are in the way of", () => {
  it("tries again, and keeps what they wrote", () => {
    restart();
    const one = worker("x");
    const keys = keysOfOnePlace(8, 1);
    sharedMap.overtaken = 7;
    sharedMap.meanwhile = () => {
      const other = new JoinWorker("g", "y", MINUTE, 1);
      other.receive("y: " + keysOfOnePlace(8, 1)[sharedMap.overtakenTimes - 1], B, "");
    };
    one.receive("x: " + keys[7], A, "");
    expect(one.send("x: " + keys[7])).toBe("found: " + A + " []");
    for (let i = 0; i < 7; i++) expect(one.send("x: " + keys[i])).toBe("found: " + B + " []");
  });

  it("finds out that a key is of two traces when another was faster", () => {
    restart();
    const one = worker("x");
    sharedMap.overtaken = 1;
    sharedMap.meanwhile = () => {
      new JoinWorker("g", "y", MINUTE, 1).receive("y: 1", B, "");
    };
    one.receive("x: 1", A, "");
    expect(one.send("x: 1")).toBe("torn");
  });

  it("gives up in the end, and then nothing at that place is sure until all is over", () => {
    restart();
    const one = worker("x");
    const keys = keysOfOnePlace(3, 1);
    one.receive("x: " + keys[0], A, "");
    sharedMap.overtaken = 8;
    sharedMap.meanwhile = () => {
      const other = new JoinWorker("g", "y", MINUTE, 1);
      monotonicClock.now += SECOND;
      other.receive("y: " + keysOfOnePlace(3, 1)[1], A, "");
    };
    one.receive("x: " + keys[2], B, "");
    sharedMap.heal();
    // Other places are.
    one.receive("x: elsewhere", A, "");
    expect(one.send("x: elsewhere")).toBe("found: " + A + " []");
    for (let i = 0; i < 3; i++) expect(one.send("x: " + keys[i])).toBe("missed");
    one.receive("x: " + keys[1], B, "");
    monotonicClock.now += MINUTE - 1;
    one.receive("x: " + keys[1], B, "");
    expect(one.send("x: " + keys[1])).toBe("missed", "for all that is known it came with A as well");
    monotonicClock.now += MINUTE + 1;
    one.receive("x: " + keys[1], B, "");
    expect(one.send("x: " + keys[1])).toBe("found: " + B + " []");
  });
});

describe("a join whose host fails", () => {
  it("finds nothing where a slot cannot be read, and what is there when it can", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "");
    sharedMap.failingReads = 1;
    expect(one.send("x: 1")).toBe("missed");
    expect(one.send("x: 1")).toBe("found: " + A + " []");
  });

  it("relies on nothing at a place where a request could not be remembered", () => {
    for (let reads = 0; reads < 2; reads++) {
      restart();
      const one = worker("x");
      one.receive("x: 1", A, "");
      if (reads == 0) sharedMap.failingReads = 1;
      else sharedMap.failingWrites = 1;
      one.receive("x: 1", B, "");
      expect(worker("x").send("x: 1")).toBe("missed");
      one.receive("x: 1", B, "");
      expect(worker("x").send("x: 1")).toBe("missed");
      monotonicClock.now += 2 * MINUTE;
      one.receive("x: 1", A, "");
      expect(worker("x").send("x: 1")).toBe("found: " + A + " []");
    }
  });

  it("relies on nothing at all where not even that can be written, until it is over", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "");
    one.receive("x: 2", A, "");
    sharedMap.failingWrites = 2;
    one.receive("x: 1", B, "");
    expect(one.send("x: 1")).toBe("missed");
    expect(one.send("x: 2")).toBe("missed");
    monotonicClock.now += MINUTE - 1;
    one.receive("x: 2", A, "");
    expect(one.send("x: 2")).toBe("missed");
    monotonicClock.now += MINUTE + 1;
    one.receive("x: 2", A, "");
    expect(one.send("x: 2")).toBe("found: " + A + " []");
  });

  it("joins nothing without a clock", () => {
    restart();
    const one = worker("x");
    one.receive("x: 1", A, "");
    const now = monotonicClock.now;
    monotonicClock.now = 0;
    expect(one.send("x: 1")).toBe("missed");
    one.receive("x: 1", B, "");
    monotonicClock.now = now;
    expect(one.send("x: 1")).toBe("missed", "it came with two traces, and nobody knows until when");
    one.receive("x: 1", B, "");
    monotonicClock.now += 10 * MINUTE;
    one.receive("x: 1", B, "");
    expect(one.send("x: 1")).toBe("missed");
  });

  it("makes a slot that is not there, but relies on nothing there before another minute is over", () => {
    restart();
    const one = worker("x");
    sharedMap.forget();
    one.receive("x: 1", A, "");
    expect(one.send("x: 1")).toBe("missed");
    expect(sharedMap.keys.length).toBe(1);
  });
});
