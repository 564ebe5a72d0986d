import { authz as authzVariant, authzName } from "../variants/authz.ts";
import { luaPolicy } from "../variants/lua-policy.ts";
import { nativeRbac, nativeRbacName } from "../variants/native-rbac.ts";
import { ANSWER } from "../variants/policy.ts";
import type { Suite } from "./suite.ts";

const COUNTS = [1, 10, 100, 1000, 5000, 10_000] as const;

/** One policy, ours beside Envoy's own RBAC filter as istiod configures it. */
export async function authz(): Promise<Suite> {
  return {
    name: "authz",
    base: { name: "no-filter", title: "no filter", ...ANSWER, reads: [], filters: [] },
    others: [luaPolicy(), ...COUNTS.map(authzVariant), ...COUNTS.map(nativeRbac)],
    ladder: {
      what: "rules, the last one matching",
      counts: COUNTS,
      ours: { title: "authz", name: authzName },
      native: { title: "native RBAC", name: nativeRbacName },
    },
    targets: [
      { title: "10,000 rules against one", ratio: ["authz-10000", "authz-1"], bound: { atMost: 1.5 } },
      { title: "native RBAC against ours, 100 rules", ratio: ["rbac-100", "authz-100"], bound: { atLeast: 1 } },
      { title: "native RBAC against ours, 1,000 rules", ratio: ["rbac-1000", "authz-1000"], bound: { atLeast: 20 } },
      { title: "native RBAC against ours, 5,000 rules", ratio: ["rbac-5000", "authz-5000"], bound: { atLeast: 100 } },
    ],
    isOurs: (name) => name.startsWith("authz"),
  };
}
