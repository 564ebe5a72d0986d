/**
 * What native RBAC makes of each list of a rule by itself. Its filter is cut out of istiod's own translation and evaluated
 * beside the real one, as a shadow rule that decides nothing; so a run knows what each list made of each request.
 */
import { typed } from "../../support/envoy/index.ts";
import type { Json, JsonObject } from "../../support/envoy/index.ts";
import type { PlannedSet } from "./rule-plan.ts";
import type { PolicyPlan } from "./rule-plan.ts";
import { inOrder, isPermission, leavesOf } from "./rule-plan.ts";
import type { Leaf, RulePlan } from "./rule-plan.ts";

/** The response header with the probes' results. */
export const PROBES = "x-probes";

const ANY: Json = [{ any: true }];

function field(message: Json | undefined, name: string): Json | undefined {
  return ((message ?? {}) as JsonObject)[name];
}

function list(message: Json | undefined, ...names: string[]): readonly Json[] {
  const found = names.reduce<Json | undefined>(field, message);
  return Array.isArray(found) ? (found as readonly Json[]) : [];
}

/** The id that istiod gives to a rule (`policyName` in pilot/pkg/security/authz/builder/builder.go). */
export function ruleId({ namespace, name }: PolicyPlan, index: number): string {
  return `ns[${namespace}]-policy[${name}]-rule[${index}]`;
}

/** The policy that istiod made of a rule; undefined where it is not for this workload. */
function translated(filters: readonly JsonObject[], id: string): Json | undefined {
  return filters
    .flatMap((filter) => [field(filter, "rules"), field(filter, "shadow_rules")])
    .map((rules) => field(field(rules, "policies"), id))
    .find((policy) => policy !== undefined);
}

/** The parts of one alternative beside the leaves that they are from. */
function pair(leaves: readonly Leaf[], parts: readonly Json[], id: string): [Leaf, Json][] {
  if (leaves.length === 0) return [];
  if (leaves.length !== parts.length) throw new Error(`istiod made ${parts.length} parts of ${leaves.length} in ${id}`);
  return leaves.map((leaf, index) => [leaf, parts[index]!]);
}

function cut(plan: RulePlan, policy: Json, id: string): Map<Leaf, JsonObject> {
  const alternatives = (all: readonly Leaf[][]): readonly Leaf[][] => (all.length === 0 ? [[]] : all);
  const own = (permission: boolean): Leaf[] => plan.conditions.filter((leaf) => isPermission(leaf) === permission);
  const principals = alternatives(plan.sources).flatMap((leaves, index) =>
    pair([...inOrder(leaves), ...own(false)], list(list(policy, "principals")[index], "and_ids", "ids"), id),
  );
  const permissions = alternatives(plan.operations).flatMap((leaves, index) =>
    pair([...inOrder(leaves), ...own(true)], list(list(policy, "permissions")[index], "and_rules", "rules"), id),
  );
  return new Map([
    ...principals.map(([leaf, part]): [Leaf, JsonObject] => [leaf, { permissions: ANY, principals: [part] }]),
    ...permissions.map(([leaf, part]): [Leaf, JsonObject] => [leaf, { permissions: [part], principals: ANY }]),
  ]);
}

/** The leaves of all rules that are for this workload, in a fixed order, and for each a filter that tells whether it holds. */
export function probes(set: PlannedSet, filters: readonly JsonObject[]): { leaf: Leaf; filter: JsonObject }[] {
  const found = set.policies.flatMap((policy) =>
    policy.plans.flatMap((plan, index) => {
      const id = ruleId(policy, index);
      const made = translated(filters, id);
      if (made === undefined) return [];
      const parts = cut(plan, made, id);
      return leavesOf(plan).map((leaf): [Leaf, JsonObject] => [leaf, parts.get(leaf)!]);
    }),
  );
  return found.map(([leaf, policy], index) => ({
    leaf,
    filter: {
      name: "envoy.filters.http.rbac",
      typed_config: typed("envoy.extensions.filters.http.rbac.v3.RBAC", {
        shadow_rules: { action: "ALLOW", policies: { probe: policy } },
        shadow_rules_stat_prefix: `probe${index}_`,
      }),
    },
  }));
}

/** The format string whose value `probeResults` reads. */
export function probeFormat(count: number): string {
  const one = (index: number): string =>
    `%DYNAMIC_METADATA(envoy.filters.http.rbac:probe${index}_shadow_engine_result)%`;
  return Array.from({ length: count }, (_, index) => one(index)).join(" ");
}

/** Whether each of `count` leaves held. */
export function probeResults(value: string, count: number): boolean[] {
  const results = value.split(" ").filter((word) => word !== "");
  if (results.length !== count || results.some((word) => word !== "allowed" && word !== "denied"))
    throw new Error(`${count} probes gave ${JSON.stringify(value)}`);
  return results.map((word) => word === "allowed");
}
