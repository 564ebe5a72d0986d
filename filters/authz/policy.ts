import { SetRule } from "../../assembly/match/set-rule";
import { Text } from "../../assembly/text/text";

/** The sets of rules, each of which has its own say; dry-run policies (`dryRun`) have theirs. */
export const enum RuleSet {
  AUDIT,
  DENY,
  ALLOW,
  DRY_RUN_DENY,
  DRY_RUN_ALLOW,
}

/** An AuthorizationPolicy. */
@unmanaged
export class Policy {
  namespace: Text;
  name: Text;
  /** `ns[<namespace>]-policy[<name>]`, as istiod names it. */
  id: Text;
  set: RuleSet;
}

/** A rule of a policy. */
@unmanaged
export class PolicyRule extends SetRule {
  policy: Policy;
  /** The rule's place in the policy's `rules`. */
  index: u32;
  counter: u32;
}
