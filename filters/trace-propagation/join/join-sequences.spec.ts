import { JoinWorker, keysOfOnePlace, placeOf } from "../test/spec/join-worker";
import { monotonicClock } from "../../../test/support/spec/monotonic-clock";
import { PlainJoin } from "../test/spec/plain-join";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { sharedMap } from "../../../test/support/spec/shared-map";

export { clock_time_get } from "../../../test/support/spec/monotonic-clock";
export { proxy_get_shared_data, proxy_set_shared_data } from "../../../test/support/spec/shared-map";

const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3600 * SECOND;
const TRACES: string[] = ["a", "b", "c"];
const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];

const KEYS: string[] = keysOfOnePlace(6, 1).concat(["1", "2", "3"]);

/** The requests of a round: what came, and who remembers it. */
class Round {
  plain: PlainJoin = new PlainJoin();
  /** Most come to one place. */
  keys: string[] = KEYS;
  workers: JoinWorker[] = [];
  /** How long each of these remembers. */
  lifetimes: u64[] = [];

  constructor(public random: Random) {
    sharedMap.forget();
    monotonicClock.now = (monotonicClock.now / HOUR + 1) * HOUR;
  }

  add(header: string, lifetime: u64, slotsBefore: i32): void {
    this.workers.push(new JoinWorker("g", header, lifetime, slotsBefore));
    this.lifetimes.push(lifetime);
  }

  randomContext(): string {
    const random = this.random;
    const trace = random.pick(TRACES).padStart(32, "0");
    const span = (1 + random.below(1 << 30)).toString(16).padStart(16, "0");
    return trace + " " + span + " " + random.pick(SAMPLING) + (random.percent(30) ? " random" : "");
  }

  /** A worker receives a request whose key is of the header that it joins by. */
  receive(worker: i32, header: string, tracestate: string): void {
    const key = this.random.pick(this.keys);
    const context = this.randomContext();
    const now = monotonicClock.now;
    // It came, whether it can be remembered or not.
    this.plain.came(key, context, now, now + this.lifetimes[worker]);
    this.workers[worker].receive(header + ": " + key, context, tracestate);
  }

  /** What is said of a key; what is wrong with that. */
  check(header: string, key: string): string {
    const was = this.workers[0].send(header + ": " + key);
    const colon = was.indexOf(": ");
    if (colon < 0) return "";
    hits++;
    const context = was.substring(colon + 2, was.lastIndexOf(" ["));
    return this.plain.allows(key, context, monotonicClock.now, false) ? "" : key + " is of " + context + "; ";
  }
}

/** How often something was found. */
let hits = 0;
/** The round whose worker comes in between. */
let current: Round = new Round(new Random(1));

function anotherReceives(): void {
  current.receive(1, "y", "");
}

describe("a join, compared with a plain list of what came", () => {
  it("says just that, where everything fits and nothing fails", () => {
    const random = new Random(seed());
    let joined = 0;
    for (let rounds = 0; rounds < 4; rounds++) {
      const round = new Round(random);
      round.add("x", 60 * SECOND, 0);
      round.add("x", 60 * SECOND, 0);
      for (let step = 0; step < 400; step++) {
        monotonicClock.now += random.below(9) * SECOND;
        round.receive(random.below(2), "x", "s=" + step.toString());
        for (let i = 0; i < round.keys.length; i++) {
          const key = round.keys[i];
          const exact = round.plain.exactly(key, monotonicClock.now);
          const state = exact.substring(exact.lastIndexOf(" ") + 1);
          let expected = state == "torn" ? "torn" : "missed";
          if (state == "single") expected = "found: " + exact.replace(" single", "");
          if (state == "repeated") expected = "ambiguous: " + exact.replace(" repeated", "");
          let was = round.workers[step % 2].send("x: " + key);
          if (was.includes(" [")) {
            joined++;
            was = was.substring(0, was.lastIndexOf(" ["));
          }
          if (was != expected) expect(was).toBe(expected, "step " + step.toString());
        }
      }
    }
    expect(joined).toBeGreaterThan(1000);
  });

  it("never gives a context but that of the only trace that counts under the key, whatever fails, does not fit or comes in between", () => {
    const random = new Random(seed());
    let wrong = "";
    hits = 0;
    for (let rounds = 0; rounds < 60; rounds++) {
      const round = new Round(random);
      current = round;
      const lists = random.percent(50);
      const failures = random.percent(50) ? 4 : 0;
      const others = random.percent(60) ? 30 : 0;
      round.add("x", 60 * SECOND, 0);
      // What a worker that fails must overwrite unseen it takes to count for no longer than its own.
      round.add("y", failures > 0 || others == 0 ? 60 * SECOND : 300 * SECOND, 1);
      for (let step = 0; step < 80; step++) {
        monotonicClock.now += random.below(12) * SECOND;
        sharedMap.heal();
        if (random.percent(others)) sharedMap.overtaken = 1 + random.below(failures > 0 && random.percent(30) ? 12 : 3);
        sharedMap.meanwhile = anotherReceives;
        if (random.percent(failures)) sharedMap.failingReads = 1 + random.below(2);
        if (random.percent(failures)) sharedMap.failingWrites = 1 + random.below(3);
        round.receive(0, "x", lists ? "l=" + "x".repeat(random.below(510)) : "");
        sharedMap.heal();
        for (let i = 0; i < round.keys.length; i++) wrong += round.check("x", round.keys[i]);
      }
    }
    expect(wrong.substring(0, 500)).toBe("");
    expect(hits).toBeGreaterThan(2000);
  });

  it("finds nothing in others' bytes under its keys, and traps nowhere", () => {
    const random = new Random(seed());
    const round = new Round(random);
    round.add("x", 60 * SECOND, 0);
    const slot = "trace-propagation.join.1.g." + placeOf("1", 1).toString(16).padStart(3, "0");
    for (let step = 0; step < 3000; step++) {
      const bytes = new Uint8Array(random.below(random.percent(5) ? 20000 : 200));
      for (let i = 0; i < bytes.length; i++) bytes[i] = random.percent(50) ? 0 : random.below(256);
      sharedMap.put(slot, bytes);
      const was = round.workers[0].send("x: 1");
      if (was != "missed") expect(was).toBe("missed");
      round.workers[0].receive("x: 1", "0a 0b yes", "s=1");
      if (sharedMap.bytes(slot).length > 4096) expect(sharedMap.bytes(slot).length).toBe(4096);
    }
  });
});
