/**
 * Many that fail at once, over four workers: as natively they open it once, and no more get to the upstream than had been let pass
 * before that.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../../support/envoy/index.ts";
import { status } from "./acts.ts";
import { ask, REFUSED } from "./ask.ts";
import { LONG } from "./generate.ts";
import { SIDES, World, type Side, type Subject } from "./world.ts";

const WORKERS = 4;
const CLIENTS = 10 * WORKERS;
const THRESHOLD = 5;
/** A subject for each side, so that each has an upstream that counts. */
const subjects = new Map(
  SIDES.map((side): [Side, Subject] => {
    const policy = { consecutive5xxErrors: THRESHOLD, ...LONG };
    return [side, { name: `only-${side}`, policy }];
  }),
);

for (const side of SIDES) {
  test(`${side}: ${CLIENTS} clients at once`, async () => {
    const subject = subjects.get(side)!;
    const world = await World.start([subject], { concurrency: WORKERS });
    try {
      // Each goes on until it is refused.
      const client = async (): Promise<void> => {
        while ((await ask(world, side, subject, status(500))) !== REFUSED);
      };
      await Promise.all(Array.from({ length: CLIENTS }, client));
      await until("it to be counted", async () => (await world.openings(side)).get(subject.name) === 1);
      const { arrivals } = world.upstreams.get(subject.name)!;
      // Natively the workers hear of it later than the request that opened it is answered, so there is no bound in requests.
      assert.ok(arrivals >= THRESHOLD, String(arrivals));
      if (side === "filter") assert.ok(arrivals <= THRESHOLD - 1 + CLIENTS, String(arrivals));
    } finally {
      await world.stop();
    }
  });
}
