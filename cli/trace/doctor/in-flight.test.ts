/** The requests that were served during a call, and what chance alone would give, by definition on small numbers. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Random } from "../../../test/oracle/random.ts";
import type { Span } from "../span.ts";
import { hopOf, type Hop } from "./hop.ts";
import { chanceOfServing, serving, tail } from "./in-flight.ts";

function hop(traceId: string, start: number, end: number): Hop {
  const none = new Map();
  return hopOf({ traceId, start, duration: end - start, attributes: none, resource: none } as unknown as Span);
}

test("one sweep finds what each pair compared would find, up to two requests of a call", () => {
  const random = new Random(7);
  for (let round = 0; round < 200; round++) {
    const some = (count: number, kind: string, longest: number): Hop[] =>
      Array.from({ length: count }, (_, at) => {
        const start = random.int(1_000_000);
        return hop(`${kind}${at % 20}`, start, start + random.int(longest));
      }).sort((a, b) => a.span.start - b.span.start);
    const requests = some(random.int(40), random.percent(50) ? "same" : "request", 400_000);
    const calls = some(30, "same", 100_000);
    const found = serving(calls, requests);
    for (const call of calls) {
      const holding = requests.filter(
        ({ span, end }) =>
          span.start <= call.span.start + 1000 && end + 1000 >= call.end && span.traceId !== call.span.traceId,
      );
      assert.deepEqual(found.get(call), holding.slice(-2).reverse());
    }
  }
});

test("the chance to lie within a request is the share of the time in which a call can begin so", () => {
  // Of 100 ms, a call of 9 ms can begin within the first 1 + 10 + 1 - 9 = 3 ms of one request, and as many of another.
  assert.equal(chanceOfServing([hop("a", 10_000, 20_000), hop("b", 50_000, 60_000)], 9_000, 100_000), 0.06);
  // Requests side by side count once.
  assert.equal(chanceOfServing([hop("a", 10_000, 20_000), hop("b", 10_000, 20_000)], 9_000, 100_000), 0.03);
  assert.equal(chanceOfServing([hop("a", 10_000, 20_000)], 50_000, 100_000), 0);
  assert.equal(chanceOfServing([], 0, 0), 1);
});

test("the binomial tail is the sum of its terms", () => {
  // 3 of 4 or more at one half: (4 + 1) / 16.
  assert.ok(Math.abs(tail(4, 3, 0.5) - 5 / 16) < 1e-12);
  assert.ok(Math.abs(tail(10, 10, 0.1) / 1e-10 - 1) < 1e-9);
  assert.equal(tail(5, 0, 0.2), 1);
  assert.equal(tail(5, 1, 0), 0);
  assert.equal(tail(5, 5, 1), 1);
});
