/**
 * Whatever can become of a request, between two errors of which both sides take two: it shows whether it counts as an error, as a
 * success or as nothing, to each of the counters, and that the filter and native outlier detection agree on it.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { asGrpc, BROKEN, grpcStatus, grpcWithout, NEUTRAL, ODD_STATUSES, status, type Act } from "./acts.ts";
import { countedApart, disagreement } from "./compare.ts";
import { BROKEN_GRPC, LONG } from "./generate.ts";
import { run, type Experiment } from "./run.ts";
import type { OutlierDetection } from "./translate.ts";
import { ONE_AT_A_TIME, World } from "./world.ts";

const TOLD = 10;

/** Policies, and the error of which each takes two. */
const COUNTERS: readonly (readonly [OutlierDetection, Act])[] = [
  [{ consecutive5xxErrors: 2 }, status(500)],
  [{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 2 }, status(503)],
  [{ consecutive5xxErrors: 2, splitExternalLocalOriginErrors: true }, status(500)],
  [{ consecutive5xxErrors: 0, splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 }, BROKEN[0]!],
  [{ consecutive5xxErrors: 2, outlierDetectionHttpErrorCodes: [404, 429, 502] }, status(429)],
  [{ consecutive5xxErrors: 0, consecutiveGatewayErrors: 2, outlierDetectionHttpErrorCodes: [404, 502] }, status(502)],
];

const STATUSES = [200, 204, 206, 301, 304, 400, 404, 408, 429, 499, 500, 501, 502, 503, 504, 505, 511, 599];

const ACTS: readonly Act[] = [
  ...STATUSES.map(status),
  ...Array.from({ length: 17 }, (_, code) => grpcStatus(`${code}`)),
  ...ODD_STATUSES.map((text) => grpcStatus(text)),
  ...[0, 14].flatMap((code) => [404, 503].map((http) => grpcStatus(`${code}`, http))),
  ...[200, 404, 429, 500, 503].map(grpcWithout),
  ...BROKEN,
  ...BROKEN_GRPC,
  ...NEUTRAL,
  ...NEUTRAL.filter(({ how }) => how !== "overflow").map(asGrpc),
];

for (const [index, [policy, error]] of COUNTERS.entries()) {
  test(`${ACTS.length} ends of a request, each between two errors: ${JSON.stringify(policy)}`, async () => {
    const experiments = ACTS.map((act, at): Experiment => {
      return { name: `c${index}-${at}`, policy: { ...policy, ...LONG }, acts: [error, act, error, status(200)] };
    });
    const world = await World.start(experiments, { cluster: ONE_AT_A_TIME });
    try {
      const steps = await run(world, experiments);
      const told = experiments.flatMap((experiment, at) => disagreement(experiment, steps[at]!) ?? []);
      assert.equal(told.length, 0, `${told.length} disagree\n\n${told.slice(0, TOLD).join("\n\n")}`);
      assert.deepEqual(await countedApart(world), []);
      // Refused are: the second error if the act was one too, else the request after it unless the act was a success.
      const opened = steps.filter((all) => all.at(-1)!.native === "refused").length;
      assert.ok(opened > ACTS.length * 0.1 && opened < ACTS.length * 0.9, `${opened} opened`);
    } finally {
      await world.stop();
    }
  });
}
