/** What was recorded of istiod against istiod's own code as it is today, and against what the tests ask of it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { pinnedIstio, readRecorded } from "./recorded.ts";
import sets from "./sets.ts";
import { fromRecord, translatePolicies, whyRecorded } from "./translate.ts";
import type { PolicySet } from "./policy-set.ts";

const reason = await whyRecorded();
const live = { skip: reason === undefined ? false : `recorded translations stand for istiod's: ${reason}` };
const { istio, translations } = readRecorded();

test("the record is of the Istio that the program is built of", () => {
  assert.equal(istio, pinnedIstio());
});

test("the recorded translations are istiod's", live, async () => {
  const today = await translatePolicies(translations.map(({ set }) => set));
  for (const [index, { set, translation }] of translations.entries()) {
    assert.deepEqual(today[index], translation, JSON.stringify(set));
  }
});

test("the sets by hand are recorded, in whatever order their keys come", () => {
  const reversed = sets.map((set) => Object.fromEntries(Object.entries(set).reverse()) as unknown as PolicySet);
  assert.equal(fromRecord(reversed, "none").length, sets.length);
});

test("a set that was not recorded is none that can be had without istiod", () => {
  const unknown = { namespace: "nowhere", policies: [] };
  assert.throws(() => fromRecord([unknown], "there is no Go"), /not recorded.*there is no Go.*nowhere/);
});

test("a set that istiod cannot read has its reason, and stops no other", live, async () => {
  const policy = { name: "p", namespace: "foo", rules: [{}] };
  const good: PolicySet = { namespace: "foo", policies: [policy] };
  const bad = [
    7,
    null,
    { namespace: 5 },
    { policies: {} },
    { policies: [5] },
    { policies: [null] },
    { policies: [{ ...policy, dryRun: "yes" }] },
  ];
  const given = [good, ...bad, { ...good, direction: "SIDEWAYS" }, good] as PolicySet[];
  const made = await translatePolicies(given);
  const last = given.length - 1;
  assert.equal(made[0]!.filters.length, 1);
  assert.deepEqual(made[last], made[0]);
  for (const one of made.slice(1, last)) {
    assert.deepEqual(one.filters, []);
    assert.ok(one.refused);
  }
});

test("many sets are one call", live, async () => {
  const many = Array.from({ length: 20 }, () => translations.map(({ set }) => set)).flat();
  const made = await translatePolicies(many);
  assert.deepEqual(
    made.slice(-translations.length),
    translations.map(({ translation }) => translation),
  );
});
