/** Where in a set a list stands: what Istio makes of it hangs on that too. */
import type { PlannedSet } from "./rule-plan.ts";
import type { Leaf } from "./rule-plan.ts";
import { isForWorkload } from "./verdict.ts";

/** All places that a list can have; it has several at once. */
export const PLACES = [
  "in ALLOW",
  "in DENY",
  "in another policy of its action",
  "in a policy of the root namespace",
  "in a policy with a selector",
  "in another rule",
  "behind rule[9]",
  "in another from",
  "in another to",
  "in another list of a source",
  "in another list of an operation",
  "in another condition",
] as const;
export type Place = (typeof PLACES)[number];

/** The places of each list of the policies that decide about this workload. */
export function placesOf(set: PlannedSet): Map<Leaf, Place[]> {
  const places = new Map<Leaf, Place[]>();
  const add = (leaf: Leaf, ...own: (Place | false)[]): void => {
    const all = own.filter((place) => place !== false);
    places.set(leaf, [...(places.get(leaf) ?? []), ...all]);
  };
  const deciding = set.policies.filter((one) => !one.dryRun && one.action !== "AUDIT" && isForWorkload(one, set));
  for (const policy of deciding) {
    const { action, namespace, selector, plans } = policy;
    const isFirst = deciding.find((other) => other.action === action) === policy;
    plans.forEach(({ sources, operations, conditions }, rule) => {
      sources.forEach((leaves, from) => {
        leaves.forEach((leaf, list) =>
          add(leaf, from > 0 && "in another from", list > 0 && "in another list of a source"),
        );
      });
      operations.forEach((leaves, to) => {
        leaves.forEach((leaf, list) =>
          add(leaf, to > 0 && "in another to", list > 0 && "in another list of an operation"),
        );
      });
      conditions.forEach((leaf, condition) => add(leaf, condition > 0 && "in another condition"));
      for (const leaf of [...sources.flat(), ...operations.flat(), ...conditions]) {
        add(
          leaf,
          action === "ALLOW" ? "in ALLOW" : "in DENY",
          !isFirst && "in another policy of its action",
          namespace === set.rootNamespace && "in a policy of the root namespace",
          selector !== undefined && "in a policy with a selector",
          rule > 0 && "in another rule",
          rule > 9 && "behind rule[9]",
        );
      }
    });
  }
  return places;
}
