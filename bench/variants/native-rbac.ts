import type { Json } from "../measure/bootstrap.ts";
import { ANSWER, DENIED, POLICY, tenants, type TenantRule } from "./policy.ts";
import type { Variant } from "./variant.ts";

const TYPE = "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC";

/** The name of the variant with `count` rules. */
export function nativeRbacName(count: number): string {
  return `rbac-${count}`;
}

/**
 * Envoy's own RBAC filter, as istiod configures it for the policy of `policyRules(count)`
 * (`test/oracle/authz/bench-policy.test.ts` compares the two).
 */
export function nativeRbacFilter(count: number): Json {
  const policies = Object.fromEntries(tenants(count).map((rule, index) => [idOf(index), policyOf(rule)]));
  return {
    name: "envoy.filters.http.rbac",
    typed_config: {
      "@type": TYPE,
      rules: { policies },
      shadow_rules_stat_prefix: "istio_dry_run_allow_",
    },
  };
}

/** Past so many rules a request takes milliseconds, and fewer of them tell as much. */
const MANY = 2000;
const FEW_REQUESTS = 40;

/** That filter as a variant. */
export function nativeRbac(count: number): Variant {
  const title = `native RBAC, ${count} ${count === 1 ? "rule" : "rules"}`;
  const requests = count > MANY ? FEW_REQUESTS : undefined;
  const filters = [nativeRbacFilter(count)];
  return { name: nativeRbacName(count), title, ...ANSWER, otherwise: DENIED, filters, requests };
}

function idOf(index: number): string {
  return `ns[${POLICY.namespace}]-policy[${POLICY.name}]-rule[${index}]`;
}

function policyOf({ path, tenant }: TenantRule): Json {
  const method: Json = { header: { name: ":method", string_match: { exact: "GET" } } };
  const url: Json = { url_path: { path: { prefix: path.slice(0, -1) } } };
  const header: Json = { header: { name: "x-tenant", string_match: { exact: tenant } } };
  return {
    permissions: [{ and_rules: { rules: [{ or_rules: { rules: [method] } }, { or_rules: { rules: [url] } }] } }],
    principals: [{ and_ids: { ids: [{ or_ids: { ids: [header] } }] } }],
  };
}
