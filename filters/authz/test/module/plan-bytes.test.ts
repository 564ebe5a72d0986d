import assert from "node:assert/strict";
import { test } from "node:test";
import { tenantPolicy } from "../../../../bench/push/rules.ts";
import { READINGS } from "../../../../bench/reading/documents.ts";
import { planBytes, sum } from "../../../../bench/reading/plan-bytes.ts";

const RULES = 10_000;
/** Each VM of a proxy keeps a plan: its own for each worker, and of each configuration that still drains. */
const MOST_BYTES_OF_A_RULE = 350;

const { document } = READINGS.find(({ filter }) => filter === "authz")!;
const DOCUMENTS = {
  "a caller, a method and two paths": document,
  "two methods, a path and a header": Buffer.from(JSON.stringify({ policies: [tenantPolicy(RULES, "last")] })),
};

for (const [title, configuration] of Object.entries(DOCUMENTS)) {
  test(`of ten thousand rules, each ${title}, the plan has at most ${MOST_BYTES_OF_A_RULE} bytes a rule`, (t) => {
    const bytes = planBytes("authz", configuration);
    const each = sum(bytes) / RULES;
    t.diagnostic(`${each.toFixed(1)} bytes a rule`);
    for (const [taker, taken] of [...bytes].slice(0, 8)) t.diagnostic(`${(taken / RULES).toFixed(1)} ${taker}`);
    assert.ok(each <= MOST_BYTES_OF_A_RULE, `${each} bytes`);
  });
}
