/**
 * How often the fault-injection filter and Envoy's own delay and abort, over requests enough to tell: for each pair of
 * percentages the four cells (delayed, aborted, both, neither), which are right only where delay and abort are drawn
 * independently of one another.
 *
 * Each cell is compared by the exact binomial test with the share that it is to have, and is wrong where what came out, or
 * anything further off, has a chance below 1e-9. Of all the comparisons here less than one run in ten million fails by
 * chance. `ORACLE_RATES` sets how many requests each pair gets of each side. With `MODULE=signalbox` Envoy's own get none, as they
 * do the same as in the run without.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { cluster, Envoy } from "../../support/envoy/index.ts";
import { AS_SECTIONS } from "../../support/module/sections.ts";
import { twoSided } from "../binomial.ts";
import { Echo } from "../echo.ts";
import { NODE_METADATA } from "../routes/experiment.ts";
import { filterListener, nativeListener } from "./experiment.ts";
import { filterCells, nativeCells, ratesExperiment } from "./rates.ts";
import type { Cells, Shares } from "./rates.ts";

/**
 * Half a percent that never comes is wrong, and so are 40 requests in a cell of a quarter of a percent, where 12 or 13 are expected, and half of
 * the requests from 45.6 or 54.4 of a hundred on. If delay and abort shared a draw, or a percentage were of another scale, the cells would be
 * further off.
 */
const REQUESTS = Number(process.env["ORACLE_RATES"] ?? 5_000);
/** What a result must be more likely than. */
const LEAST = 1e-9;
const SHARES: readonly Shares[] = [
  { delay: 0.5, abort: 50 },
  { delay: 1, abort: 10 },
  { delay: 10, abort: 1 },
  { delay: 50, abort: 0.5 },
  { delay: 50, abort: 50 },
  { delay: 99.5, abort: 10 },
];

/** The share that each cell is to have. */
function expected({ delay, abort }: Shares): Cells {
  const [d, a] = [delay / 100, abort / 100];
  return { neither: (1 - d) * (1 - a), delayed: d * (1 - a), aborted: (1 - d) * a, both: d * a };
}

/** A line for each count that is too unlikely; also of delays and of aborts by themselves. */
function unlikely(side: string, shares: Shares, cells: Cells): string[] {
  const shown = expected(shares);
  const all: [what: string, count: number, share: number][] = [
    ...(Object.keys(cells) as (keyof Cells)[]).map((key): [string, number, number] => [key, cells[key], shown[key]]),
    ["all delays", cells.delayed + cells.both, shares.delay / 100],
    ["all aborts", cells.aborted + cells.both, shares.abort / 100],
  ];
  return all
    .filter(([, count, share]) => twoSided(count, REQUESTS, share) < LEAST)
    .map(([what, count, share]) => `${side}, ${what}: ${count} instead of ${share * REQUESTS}`);
}

test("both delay and abort as often as their percentages say, and independently", async (t) => {
  const experiment = ratesExperiment(SHARES);
  const echo = await Echo.start();
  t.after(() => echo.stop());
  const envoy = await Envoy.start({
    metadata: NODE_METADATA,
    clusters: [cluster("http1", echo.port)],
    listeners: [nativeListener(experiment), filterListener(experiment, false)],
  });
  t.after(() => envoy.stop());
  const wrong: string[] = [];
  for (const [index, shares] of SHARES.entries()) {
    const sides: Record<string, Cells> = {
      ...(!AS_SECTIONS && { native: await nativeCells(experiment, envoy, index, REQUESTS) }),
      filter: await filterCells(experiment, envoy, index, REQUESTS),
    };
    t.diagnostic(`${JSON.stringify(shares)}: ${JSON.stringify(sides)}`);
    for (const [side, cells] of Object.entries(sides)) wrong.push(...unlikely(side, shares, cells));
  }
  assert.deepEqual(wrong, []);
});
