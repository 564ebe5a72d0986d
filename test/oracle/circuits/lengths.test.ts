/**
 * How long openings in a row are, by what both log of them: natively by Envoy's times of the ejection and of the return, here by the
 * line that says for how long. An ejection ends at the first tick of `interval` after its time, an opening of the filter at its time.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../support/envoy/index.ts";
import { status } from "./acts.ts";
import { ask, REFUSED } from "./ask.ts";
import { SIDES, World, type Side, type Subject } from "./world.ts";

const NAME = "grows";
const THRESHOLD = 3;
/** A second, two, and no longer. The next opening begins before an interval is over, which would take one off. */
const policy = {
  consecutive5xxErrors: THRESHOLD,
  interval: "1s",
  baseEjectionTime: "1s",
  maxEjectionTime: "2s",
};
const LENGTHS_MS = [1000, 2000, 2000];
/** Both log whole milliseconds. */
const ROUNDING_MS = 1;

test("each opening in a row is a base longer, up to the longest, after exactly as many errors each time", async () => {
  const subject: Subject = { name: NAME, policy };
  const world = await World.start([subject]);
  try {
    await Promise.all(
      SIDES.map(async (side) => {
        const refuses = async (code: number): Promise<boolean> =>
          (await ask(world, side, subject, status(code))) === REFUSED;
        for (const _ of LENGTHS_MS) {
          for (let i = 0; i < THRESHOLD; i++) assert.equal(await refuses(500), false, `${side}: error ${i + 1}`);
          await world.settled();
          assert.equal(await refuses(200), true, side);
          await until(`${side} to close`, async () => !(await refuses(200)));
        }
      }),
    );
    const lengths = async (side: Side): Promise<number[]> =>
      await until(`all openings of ${side} to be logged`, () => {
        const all = world.lengths(side, NAME);
        return all.length >= LENGTHS_MS.length && all;
      });
    assert.deepEqual(await lengths("filter"), LENGTHS_MS);
    const native = await lengths("native");
    assert.equal(native.length, LENGTHS_MS.length);
    native.forEach((length, index) => assert.ok(length + ROUNDING_MS >= LENGTHS_MS[index]!, `${native.join()} ms`));
  } finally {
    await world.stop();
  }
});
