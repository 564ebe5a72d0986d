import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FeatureListeners, until, type HeaderLine, type JsonObject } from "../../../../test/support/envoy/index.ts";
import { CERTAIN, counted, entry, feature, outcome, plugin } from "./faults.ts";

const REQUESTS = 60;
const MAX = 30;

/** Distributions with the least and the most that a delay may be, in milliseconds, and whether the most is sure to come up. */
const KINDS: Readonly<Record<string, { distribution: JsonObject; least: number; most: number; cut?: boolean }>> = {
  uniform: { distribution: { uniform: { min: "10ms", max: "30ms" } }, least: 10, most: MAX },
  // Of 60 not one is 0.1 standard deviations and more above the mean once in 10^16 times, and all of those are cut.
  normal: {
    distribution: { normal: { mean: "29ms", standardDeviation: "10ms", max: "30ms" } },
    least: 0,
    most: MAX,
    cut: true,
  },
  // 1 in e is longer than the mean: not one of 60 once in 10^11 times.
  exponential: { distribution: { exponential: { mean: "30ms", max: "30ms" } }, least: 0, most: MAX, cut: true },
  // 1 in 3 is longer than 3 times the scale.
  pareto: { distribution: { pareto: { scale: "10ms", shape: 1, max: "30ms" } }, least: 10, most: MAX, cut: true },
};

let listeners: FeatureListeners;

before(async () => {
  const features = Object.entries(KINDS).map(([name, { distribution }]) => [
    name,
    feature(plugin([entry(name, { delay: { ...CERTAIN, distribution } })])),
  ]);
  const keyed = entry("keyed", {
    delay: { ...CERTAIN, distribution: KINDS["uniform"]!.distribution },
    consistentBy: { header: "x-user" },
  });
  listeners = await FeatureListeners.start(
    "fault-injection",
    { ...Object.fromEntries(features), keyed: feature(plugin([keyed])) },
    { logLevels: "wasm:debug", concurrency: 4 },
  );
});
after(async () => await listeners?.stop());

/** The delays of an entry in milliseconds, as the debug log tells them: in the order in which they were drawn. */
async function delays(name: string, count: number): Promise<number[]> {
  return await until(`${count} delays of ${name} in the log`, () => {
    const told = listeners.envoy.log().matchAll(new RegExp(`fault-injection: "${name}" delay (\\d+)ms$`, "gm"));
    const all = [...told].map(([, milliseconds]) => Number(milliseconds));
    return all.length >= count && all;
  });
}

for (const [name, { least, most, cut }] of Object.entries(KINDS)) {
  test(`${name}: delays within its bounds, not all alike`, async () => {
    let delayed = 0;
    const rises = await counted(listeners.envoy, async () => {
      const answers = await Promise.all(Array.from({ length: REQUESTS }, () => listeners.send(name)));
      for (const answer of answers) {
        // A delay that rounds to 0 ms is none.
        const isDelayed = outcome(answer) !== "200";
        if (isDelayed) assert.equal(outcome(answer), `200, ${name}`);
        delayed += Number(isDelayed);
      }
    });
    assert.equal(rises["delays_injected"], delayed);
    assert.ok(least > 0 ? delayed === REQUESTS : delayed > REQUESTS / 2, `${delayed}`);
    const drawn = await delays(name, delayed);
    assert.equal(drawn.length, delayed);
    assert.ok(Math.min(...drawn) >= least && Math.max(...drawn) <= most, drawn.join(" "));
    assert.ok(new Set(drawn).size > 2, drawn.join(" "));
    if (cut) assert.ok(drawn.includes(most), drawn.join(" "));
  });
}

test("consistentBy: the same key is delayed by as much each time, on any worker", async () => {
  const keys = Array.from({ length: 12 }, (_, index) => `user-${index}`);
  const ask = async (key: string): Promise<void> => {
    const headers: HeaderLine[] = [["x-user", key]];
    assert.equal(outcome(await listeners.send("keyed", { headers })), "200, keyed");
  };
  for (let turn = 0; turn < 4; turn++) for (const key of keys) await ask(key);
  const drawn = await delays("keyed", 4 * keys.length);
  const turns = [0, 1, 2, 3].map((turn) => drawn.slice(turn * keys.length, (turn + 1) * keys.length));
  assert.ok(new Set(turns[0]).size > 2, drawn.join(" "));
  for (const turn of turns) assert.deepEqual(turn, turns[0]);
});
