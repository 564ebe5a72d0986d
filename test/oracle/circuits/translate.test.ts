/** The translation by hand, from istiod's source (`translate.ts`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { detector, errorMatcher, type OutlierDetection } from "./translate.ts";

const ALWAYS = { enforcing_success_rate: 0, max_ejection_percent: 100 };

const CASES: readonly (readonly [string, OutlierDetection, object])[] = [
  ["nothing: Envoy's own defaults", {}, {}],
  [
    "thresholds that are given are enforced",
    { consecutive5xxErrors: 7, consecutiveGatewayErrors: 3 },
    {
      consecutive_5xx: 7,
      enforcing_consecutive_5xx: 100,
      consecutive_gateway_failure: 3,
      enforcing_consecutive_gateway_failure: 100,
    },
  ],
  [
    "0 turns a threshold off",
    { consecutive5xxErrors: 0, consecutiveGatewayErrors: 0 },
    {
      consecutive_5xx: 0,
      enforcing_consecutive_5xx: 0,
      consecutive_gateway_failure: 0,
      enforcing_consecutive_gateway_failure: 0,
    },
  ],
  ["local failures count only with split", { consecutiveLocalOriginFailures: 3 }, {}],
  [
    "and 0 of them is Envoy's default",
    { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 0 },
    { split_external_local_origin_errors: true, enforcing_local_origin_success_rate: 0 },
  ],
  [
    "split",
    { splitExternalLocalOriginErrors: true, consecutiveLocalOriginFailures: 2 },
    {
      split_external_local_origin_errors: true,
      enforcing_local_origin_success_rate: 0,
      consecutive_local_origin_failure: 2,
    },
  ],
  ["times", { interval: "1m30s", baseEjectionTime: "250ms" }, { interval: "90s", base_ejection_time: "0.25s" }],
];

for (const [about, policy, fields] of CASES) {
  test(`istiod's translation: ${about}`, () => assert.deepEqual(detector(policy), { ...ALWAYS, ...fields }));
}

test("istiod's translation: error codes are matched one by one", () => {
  const has = (code: number): object => ({
    http_response_headers_match: { headers: [{ name: ":status", string_match: { exact: `${code}` } }] },
  });
  assert.deepEqual(errorMatcher([429]), has(429));
  assert.deepEqual(errorMatcher([429, 503]), { or_match: { rules: [has(429), has(503)] } });
});
