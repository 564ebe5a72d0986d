/**
 * What a rule or route takes of a plan, in bytes. Each VM of a proxy has a plan, one of each worker, and one more of each configuration that
 * still drains: so a byte counts some ten thousand times, and a few times over.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import { READINGS } from "../../bench/reading/documents.ts";
import { planBytes, sum } from "../../bench/reading/plan-bytes.ts";

const MAX_BYTES = 350;
/** How many of the functions that took most are told. */
const TOLD = 8;

for (const { title, filter, parts, document } of READINGS) {
  test(`${title}: the plan has at most ${MAX_BYTES} bytes for each`, (t) => {
    const bytes = planBytes(filter, document);
    const each = sum(bytes) / parts;
    t.diagnostic(`${each.toFixed(1)} bytes, of which`);
    for (const [taker, taken] of [...bytes].slice(0, TOLD)) t.diagnostic(`${(taken / parts).toFixed(1)} by ${taker}`);
    assert.ok(each <= MAX_BYTES, `${each} bytes`);
  });
}
