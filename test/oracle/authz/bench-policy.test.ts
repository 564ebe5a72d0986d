/** What `make bench` measures as native RBAC is what istiod makes of the policy that it measures ours with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { tenantPolicy, tenantRbac } from "../../../bench/push/rules.ts";
import { nativeRbacFilter } from "../../../bench/variants/native-rbac.ts";
import type { Json } from "../../../bench/measure/bootstrap.ts";
import { POLICY, policyRules } from "../../../bench/variants/policy.ts";
import { translatePolicies, whyRecorded } from "./translate.ts";

const reason = await whyRecorded();

test("bench/variants/native-rbac.ts is istiod's translation", { skip: reason ?? false }, async () => {
  await assertTranslated(nativeRbacFilter(3), { ...POLICY, rules: policyRules(3) });
});

test("bench/push/rules.ts has istiod's translation of its policy", { skip: reason ?? false }, async () => {
  await assertTranslated(tenantRbac(3, "push-1"), tenantPolicy(3, "push-1"));
});

async function assertTranslated(filter: Json, policy: typeof POLICY & { rules: Json[] }): Promise<void> {
  const [translation] = await translatePolicies([{ namespace: POLICY.namespace, policies: [policy] }]);
  const { typed_config: ours } = filter as { typed_config: unknown };
  assert.deepEqual(JSON.parse(JSON.stringify(ours)), translation?.filters[0]);
}
