import { utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { PolicyRule } from "./policy";

/** Writes `ns[<namespace>]-policy[<name>]-rule[<place>]`, as istiod names a rule (istio `authz/builder: policyName`). */
export function writeRuleId(writer: Writer, rule: PolicyRule): void {
  writer.text(rule.policy.id);
  writer.text(utf8("-rule["));
  writer.integer(rule.index);
  writer.byte(0x5d);
}
