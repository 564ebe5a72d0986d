/** `rateLimiting` in a real Envoy of four workers: what they sample together. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { FeatureListeners, type Feature, type Seen } from "../../../../test/support/envoy/index.ts";
import { counters, INBOUND, parentIn } from "./traces.ts";

const WORKERS = 4;
const RATE = 20;
const NANOSECONDS_PER_SECOND = 1e9;

/** Two listeners of one plugin, as the two of a sidecar. */
const FEATURE: Feature = {
  configuration: { sampling: { rateLimiting: { maxTracesPerSecond: RATE } } },
  plugin: { name: "limited" },
  listener: INBOUND,
};

let listeners: FeatureListeners;

before(async () => {
  listeners = await FeatureListeners.start(
    "trace-propagation",
    { first: FEATURE, second: FEATURE },
    { concurrency: WORKERS },
  );
});
after(async () => await listeners?.stop());

async function isSampled(name: string): Promise<boolean> {
  const { body } = await listeners.send(name);
  return parentIn((JSON.parse(body) as Seen).headers).flags === "03";
}

test("in the time that they take, all workers and listeners sample at most rate · time + rate + workers - 1 traces", async () => {
  const began = process.hrtime.bigint();
  const sampled: boolean[] = [];
  for (let i = 0; i < 40; i++) {
    const together = Array.from({ length: 10 }, async (_, n) => await isSampled(n % 2 === 0 ? "first" : "second"));
    sampled.push(...(await Promise.all(together)));
  }
  const seconds = Number(process.hrtime.bigint() - began) / NANOSECONDS_PER_SECOND;
  const count = sampled.filter(Boolean).length;
  const most = RATE * seconds + RATE + WORKERS - 1;
  assert.ok(count >= RATE, `${count}: fewer than the credit that is there at first`);
  assert.ok(count <= most, `${count} in ${seconds} s: at most ${most}`);
  assert.equal((await counters(listeners.envoy))["sampling.limited.default.granted"], count);
});
