import { defineCounter } from "../../assembly/host/metrics";
import { Region } from "../../assembly/memory/region";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { PolicyRule, RuleSet } from "./policy";

/** The counters of all verdicts, named as Envoy's RBAC filter names its own. */
@unmanaged
export class Counters {
  allowed: u32;
  denied: u32;
  audited: u32;
  /** What the dry-run policies of each action would have done. */
  dryRunDenyAllowed: u32;
  dryRunDenyDenied: u32;
  dryRunAllowAllowed: u32;
  dryRunAllowDenied: u32;
  /** Requests that were refused as something about them could not be known. */
  unsure: u32;
  /** Lines of the decision log that were left out. */
  unlogged: u32;

  define(): void {
    this.allowed = defineCounter(utf8("authz.allowed"));
    this.denied = defineCounter(utf8("authz.denied"));
    this.audited = defineCounter(utf8("authz.audited"));
    this.dryRunDenyAllowed = defineCounter(utf8("authz.istio_dry_run_deny_shadow_allowed"));
    this.dryRunDenyDenied = defineCounter(utf8("authz.istio_dry_run_deny_shadow_denied"));
    this.dryRunAllowAllowed = defineCounter(utf8("authz.istio_dry_run_allow_shadow_allowed"));
    this.dryRunAllowDenied = defineCounter(utf8("authz.istio_dry_run_allow_shadow_denied"));
    this.unsure = defineCounter(utf8("authz.unsure"));
    this.unlogged = defineCounter(utf8("authz.decision_log_dropped"));
  }
}

/** `authz.policy.<namespace>.<name>.rule.<place>.<what it does>`. */
export function defineRuleCounter(rule: PolicyRule, scratch: Region): u32 {
  const writer = Writer.open();
  writer.text(utf8("authz.policy."));
  writer.text(rule.policy.namespace);
  writer.byte(0x2e);
  writer.text(rule.policy.name);
  writer.text(utf8(".rule."));
  writer.integer(rule.index);
  writer.byte(0x2e);
  writer.text(effectOf(rule.policy.set));
  return defineCounter(writer.finish(scratch));
}

/** What a rule that matches does, in Envoy's words. */
export function effectOf(set: RuleSet): Text {
  switch (set) {
    case RuleSet.AUDIT:
      return utf8("audited");
    case RuleSet.DENY:
      return utf8("denied");
    case RuleSet.ALLOW:
      return utf8("allowed");
    case RuleSet.DRY_RUN_DENY:
      return utf8("shadow_denied");
  }
  return utf8("shadow_allowed");
}
