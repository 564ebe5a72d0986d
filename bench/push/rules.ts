import type { Json } from "../measure/bootstrap.ts";
import { POLICY } from "../variants/policy.ts";

/** What a rule lets in: a tenant, for its own path. */
interface TenantRule {
  path: string;
  tenant: string;
}

const METHODS = ["GET", "POST"] as const;

/** The path that the last rule is for, whichever configuration it is. */
export const LAST_PATH = "/reviews";

/** `count` tenants, the last of which tells the configuration. */
function tenants(count: number, last: string): TenantRule[] {
  const others = Array.from({ length: count - 1 }, (_, index) => ({
    path: `/tenants/${index}/api/reviews/*`,
    tenant: `tenant-number-${index}`,
  }));
  return [...others, { path: `${LAST_PATH}*`, tenant: last }];
}

/** The AuthorizationPolicy with a rule for each tenant, of 167 bytes as JSON in the mean of 10,000. */
export function tenantPolicy(count: number, last: string): typeof POLICY & { rules: Json[] } {
  const rules = tenants(count, last).map(({ path, tenant }) => ({
    to: [{ operation: { methods: [...METHODS], paths: [path] } }],
    when: [{ key: "request.headers[x-tenant]", values: [tenant] }],
  }));
  return { ...POLICY, rules };
}

/**
 * Envoy's own RBAC filter, as istiod configures it for that policy (`test/oracle/authz/bench-policy.test.ts` compares the two).
 */
export function tenantRbac(count: number, last: string): { [field: string]: Json } {
  const policies = tenants(count, last).map((rule, index) => [
    `ns[${POLICY.namespace}]-policy[${POLICY.name}]-rule[${index}]`,
    nativePolicy(rule),
  ]);
  return {
    name: "envoy.filters.http.rbac",
    typed_config: {
      "@type": "type.googleapis.com/envoy.extensions.filters.http.rbac.v3.RBAC",
      rules: { policies: Object.fromEntries(policies) as Json },
      shadow_rules_stat_prefix: "istio_dry_run_allow_",
    },
  };
}

function nativePolicy({ path, tenant }: TenantRule): Json {
  const methods = METHODS.map((method): Json => ({ header: { name: ":method", string_match: { exact: method } } }));
  const url: Json = { url_path: { path: { prefix: path.slice(0, -1) } } };
  const header: Json = { header: { name: "x-tenant", string_match: { exact: tenant } } };
  return {
    permissions: [{ and_rules: { rules: [{ or_rules: { rules: methods } }, { or_rules: { rules: [url] } }] } }],
    principals: [{ and_ids: { ids: [{ or_ids: { ids: [header] } }] } }],
  };
}
