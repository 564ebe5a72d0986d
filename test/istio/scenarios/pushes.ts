import assert from "node:assert/strict";
import { test } from "node:test";
import { quantile } from "../../../bench/measure/statistics.ts";
import { atFixedTimes } from "../harness/at-fixed-times.ts";
import { ALLOWED, DENIED, isDenied, LargePolicies, pathOf } from "../harness/large-policies.ts";
import type { Mesh } from "../harness/mesh.ts";

/** `PUSHES`, or as many as fit into a test run. */
const PUSHES = Number(process.env["PUSHES"]) || 5;
/** About as many as a resource may have. */
const RULES = 10_000;
const INTERVAL_MS = 20;

/** Large policies are pushed one after the other while requests come in at fixed times. */
export function pushes(mesh: () => Mesh): void {
  test(`${PUSHES} pushes of ${RULES} rules: under load each request is judged by a whole configuration that is in force`, async (t) => {
    const policies = new LargePolicies(mesh(), mesh().httpbin, RULES);
    t.after(async () => await policies.remove());
    await policies.apply(0);
    // The number that decides for certain, and the last that was applied.
    let [certain, applied] = [0, 0];
    let turn = 0;
    const ask = async (): Promise<string> => {
      const first = certain;
      const path = [ALLOWED, DENIED, pathOf(certain), pathOf(applied)][turn++ % 4]!;
      const denied = outcome(await mesh().sleep.send({ host: "httpbin", path }));
      const possible = Array.from({ length: applied - first + 1 }, (_, index) => first + index).map(
        (number) => path === DENIED || path === pathOf(number),
      );
      assert.ok(possible.includes(denied), `${path} is ${denied ? "denied" : "allowed"} by ${first} to ${applied}`);
      return path;
    };
    const asked = await atFixedTimes(INTERVAL_MS, ask, async () => {
      for (let number = 1; number <= PUSHES; number++) {
        applied = number;
        await policies.push(number);
        certain = number;
      }
    });

    const waits = asked.map(({ wait }) => wait);
    const ms = (figure: number): string => `${figure.toFixed(1)} ms`;
    t.diagnostic(`${waits.length} requests, one every ${INTERVAL_MS} ms, sent by the process of the test`);
    t.diagnostic(`half of them waited ${ms(quantile(waits, 0.5))} at most, 99.9 % ${ms(quantile(waits, 0.999))}`);
    t.diagnostic(`the longest waited ${ms(Math.max(...waits))}`);
  });
}

/** Whether a request was denied; it throws if it was neither denied nor answered by the application. */
function outcome(answer: Parameters<typeof isDenied>[0]): boolean {
  if (isDenied(answer)) return true;
  assert.equal(answer.status, 200, answer.body);
  return false;
}
