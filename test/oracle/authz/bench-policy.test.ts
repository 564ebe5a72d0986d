/** What `make bench` measures as native RBAC is what istiod makes of the policy that it measures ours with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { nativeRbacFilter } from "../../../bench/variants/native-rbac.ts";
import { POLICY, policyRules } from "../../../bench/variants/policy.ts";
import { translatePolicies, whyRecorded } from "./translate.ts";

const reason = await whyRecorded();

test("bench/variants/native-rbac.ts is istiod's translation", { skip: reason ?? false }, async () => {
  const policies = [{ ...POLICY, rules: policyRules(3) }];
  const [translation] = await translatePolicies([{ namespace: POLICY.namespace, policies }]);
  const { typed_config: ours } = nativeRbacFilter(3) as { typed_config: unknown };
  assert.deepEqual(JSON.parse(JSON.stringify(ours)), translation?.filters[0]);
});
