import { directResponse, matchHeader, type Json } from "../measure/bootstrap.ts";
import type { Variant } from "./variant.ts";

/** Name, namespace and action of the policy that all variants of the authorization suite decide by. */
export const POLICY = { name: "tenants", namespace: "default", action: "ALLOW" } as const;

/** What a refused request gets (Envoy's RBAC filter, and this project's). */
export const DENIED = "403 RBAC: access denied";

/** What is common to the variants: the request is allowed by two of its headers and its path. */
export const ANSWER: Pick<Variant, "answer" | "reads" | "routes"> = {
  answer: "allowed",
  reads: ["x-tenant"],
  routes: [directResponse(matchHeader(), "allowed")],
};

/** One rule: a tenant may GET what lies under a path. */
export interface TenantRule {
  path: string;
  tenant: string;
}

/** `count` tenants, each with a path of its own; the last is the measured request's. */
export function tenants(count: number): TenantRule[] {
  return Array.from({ length: count }, (_, index) =>
    index === count - 1
      ? { path: "/reviews*", tenant: "acme" }
      : { path: `/tenants/${index}/*`, tenant: `tenant-${index}` },
  );
}

/** The same as rules of an AuthorizationPolicy. */
export function policyRules(count: number): Json[] {
  return tenants(count).map(({ path, tenant }) => ({
    to: [{ operation: { methods: ["GET"], paths: [path] } }],
    when: [{ key: "request.headers[x-tenant]", values: [tenant] }],
  }));
}
