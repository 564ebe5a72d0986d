import { KeptSlot } from "../test/spec/join-slot";
import { PlainJoin } from "../test/spec/plain-join";
import { Random } from "../../../test/support/spec/random";
import { seed } from "../../../test/support/spec/run";
import { text } from "../../../test/support/spec/bytes";
import { SLOT_SIZE } from "./slot";

/** Two each have one hash, and some begin with others. */
const KEYS: string[] = ["a", "b", "ab", "a".repeat(256), "a".repeat(255), "c"];
const SAMPLING: string[] = ["undecided", "no", "yes", "debug"];
const LENGTHS: i32[] = [0, 0, 3, 200, 512, 1300, 3700];

function hashOf(key: i32): u32 {
  return <u32>(key / 2);
}

/** A context of one of few traces, two of which have a half of their ids in common with a third. */
function randomContext(random: Random): string {
  const high = random.percent(50) ? "a" : "b";
  const low = random.percent(50) ? "a" : "b";
  const trace = high.padStart(16, "0") + low.padStart(16, "0");
  const span = (1 + random.below(1 << 30)).toString(16).padStart(16, "0");
  return trace + " " + span + " " + random.pick(SAMPLING) + (random.percent(30) ? " random" : "");
}

/** What is found for a key, without the tracestate. */
function found(kept: KeptSlot, key: i32, now: u64): string {
  const all = kept.find(hashOf(key), KEYS[key], now);
  const list = all.indexOf(" [");
  return list < 0 ? all : all.substring(0, list) + all.substring(all.indexOf("]") + 1);
}

describe("a slot, compared with a plain list of what came", () => {
  it("says just that, where everything fits", () => {
    const random = new Random(seed());
    let states = "";
    for (let round = 0; round < 300; round++) {
      const kept = new KeptSlot();
      const plain = new PlainJoin();
      let now: u64 = 1000;
      for (let step = 0; step < 60; step++) {
        now += random.below(40);
        const key = random.below(KEYS.length);
        const context = randomContext(random);
        const expires = now + (random.percent(80) ? 100 : 1 + random.below(300));
        kept.put(hashOf(key), KEYS[key], context, "x=" + step.toString(), now, expires);
        plain.came(KEYS[key], context, now, expires);
        const at = random.percent(70) ? now : now + random.below(200);
        for (let asked = 0; asked < KEYS.length; asked++) {
          const was = found(kept, asked, at);
          if (was != plain.exactly(KEYS[asked], at)) expect(was).toBe(plain.exactly(KEYS[asked], at), step.toString());
          if (round < 10) states += was.substring(was.lastIndexOf(" ") + 1);
        }
      }
    }
    expect(states.includes("single") && states.includes("repeated")).toBe(true);
    expect(states.includes("torn") && states.includes("none")).toBe(true);
  });

  it("says nothing but what is sure, where some must be dropped", () => {
    const random = new Random(seed());
    let hits = 0;
    for (let round = 0; round < 400; round++) {
      const kept = new KeptSlot();
      const plain = new PlainJoin();
      let now: u64 = 1000;
      for (let step = 0; step < 60; step++) {
        now += random.below(round % 2 == 0 ? 40 : 10);
        const key = random.below(KEYS.length);
        const context = randomContext(random);
        const expires = now + (random.percent(80) ? 100 : 1 + random.below(300));
        const list = "x".repeat(LENGTHS[random.below(LENGTHS.length)]);
        kept.put(hashOf(key), KEYS[key], context, list, now, expires);
        plain.came(KEYS[key], context, now, expires);
        if (<u32>kept.bytes.length > SLOT_SIZE) expect<u32>(kept.bytes.length).toBe(SLOT_SIZE);
        const at = random.percent(70) ? now : now + random.below(200);
        for (let asked = 0; asked < KEYS.length; asked++) {
          const was = found(kept, asked, at);
          if (was == "none" || was.endsWith(" torn")) continue;
          hits++;
          const context = was.substring(0, was.lastIndexOf(" "));
          if (!plain.allows(KEYS[asked], context, at, true)) expect(context).toBe("", "round " + round.toString());
        }
      }
    }
    expect(hits).toBeGreaterThan(5000);
  });
});

describe("bytes that another writer left", () => {
  it("have nothing in them where they are random, and a request is remembered again", () => {
    const random = new Random(seed());
    for (let round = 0; round < 3000; round++) {
      const kept = new KeptSlot();
      kept.bytes = new Uint8Array(random.below(random.percent(10) ? 9000 : 300));
      const few = random.percent(50);
      for (let i = 0; i < kept.bytes.length; i++) kept.bytes[i] = few ? random.below(3) * 16 : random.below(256);
      for (let key = 0; key < KEYS.length; key++) {
        const was = kept.find(hashOf(key), KEYS[key], random.below(1000));
        if (was != "none") expect(was).toBe("none");
      }
      kept.put(0, "a", "0a 0b yes", "x=1", 1000, 2000);
      if (<u32>kept.bytes.length > SLOT_SIZE) expect<u32>(kept.bytes.length).toBe(SLOT_SIZE);
      kept.slot.markUnreliable(3000);
      kept.take();
      expect(kept.bytes.length).toBe(8);
    }
  });

  it("lead nowhere else where they are a slot's in part", () => {
    const random = new Random(seed());
    let hits = 0;
    for (let round = 0; round < 3000; round++) {
      const kept = new KeptSlot();
      for (let i = random.below(8); i > 0; i--) {
        const key = random.below(KEYS.length);
        const list = "x".repeat(LENGTHS[random.below(LENGTHS.length)]);
        kept.put(hashOf(key), KEYS[key], randomContext(random), list, 100, 200);
      }
      if (random.percent(30)) kept.bytes = kept.bytes.slice(0, random.below(kept.bytes.length + 1));
      for (let i = 1 + random.below(4); i > 0 && kept.bytes.length > 0; i--) {
        // Mostly in the lengths, which the first bytes of an entry have.
        const at = random.below(random.percent(70) ? min(kept.bytes.length, 80) : kept.bytes.length);
        kept.bytes[at] = <u8>random.below(256);
      }
      const start = kept.bytes.dataStart;
      const end = start + kept.bytes.length;
      for (let key = 0; key < KEYS.length; key++) {
        const bytes = text(KEYS[key]);
        const entry = kept.slot.find(hashOf(key), bytes.start, bytes.length, 100);
        if (entry == null) continue;
        hits++;
        const last = entry.tracestate + entry.tracestateLength;
        if (entry.key < start || last > end) expect(last).toBeLessThan(end);
      }
      const key = random.below(KEYS.length);
      kept.put(hashOf(key), KEYS[key], randomContext(random), "x=1", random.below(300), 300);
      if (<u32>kept.bytes.length > SLOT_SIZE) expect<u32>(kept.bytes.length).toBe(SLOT_SIZE);
    }
    expect(hits).toBeGreaterThan(500);
  });
});
