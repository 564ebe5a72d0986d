import { Choice } from "../../assembly/config/choice";
import { Place } from "../../assembly/config/place";
import { SetRule } from "../../assembly/match/set-rule";
import { Region } from "../../assembly/memory/region";
import { isDigit } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Policy, PolicyRule, RuleSet } from "./policy";
import { readRule } from "./read-rule";
import { RuleReader } from "./rule-reader";
import { Workload } from "./workload";

/** A policy as it was read. */
@unmanaged
export class PolicyReading {
  policy: Policy;
  place: Place;
  /** Whether it is for this workload. */
  selected: bool;
  rules: SetRule | null;
  next: PolicyReading | null;
}

/**
 * Reads a policy: its rules are checked in any case, and kept in the region of `reader` where the policy is for this
 * workload. Null where it is no object.
 */
export function readPolicy(
  place: Place,
  workload: Workload,
  here: RuleReader,
  elsewhere: RuleReader,
): PolicyReading | null {
  if (!place.present) place.expected(utf8("an AuthorizationPolicy"));
  if (!place.object()) return null;
  const name = readName(place.field(utf8("name")), true);
  const namespace = readName(place.field(utf8("namespace")), false);
  const applies = workload.isMeant(place.field(utf8("namespace")), namespace, place.field(utf8("selector")));
  const reader = applies ? here : elsewhere;
  const reading = changetype<PolicyReading>(here.scratch.take(offsetof<PolicyReading>()));
  const policy = changetype<Policy>(reader.region.take(offsetof<Policy>()));
  policy.name = Text.copy(reader.region, name.start, name.length);
  const home = namespace.length > 0 ? namespace : workload.namespaceOrDefault;
  policy.namespace = Text.copy(reader.region, home.start, home.length);
  policy.id = idOf(policy, reader.region);
  policy.set = readSet(place);
  reading.policy = policy;
  reading.place = place;
  reading.selected = applies;
  reader.policy = policy;
  reader.knowsNamespace = namespace.length > 0 || workload.namespace != null;
  reading.rules = readRules(place.field(utf8("rules")), policy, reader);
  place.refuse(utf8("provider"), utf8("only action CUSTOM uses it: keep the policy as an AuthorizationPolicy"));
  place.refuse(utf8("targetRef"), utf8("the WasmPlugin's targetRefs decide where the filter runs"));
  place.refuse(utf8("targetRefs"), utf8("the WasmPlugin's targetRefs decide where the filter runs"));
  place.noOtherFields();
  return reading;
}

/** `action` and `dryRun`: which set the policy's rules belong to. */
function readSet(place: Place): RuleSet {
  const action = place.field(utf8("action"));
  const dryRun = place.field(utf8("dryRun")).boolean(false);
  const node = action.node;
  if (node != null && node.text != null && node.text.equals(utf8("CUSTOM"))) {
    action.error(utf8("not supported: CUSTOM calls an external authorizer: keep the policy as an AuthorizationPolicy"));
    return RuleSet.ALLOW;
  }
  const choice = Choice.at(action).or(utf8("ALLOW"), RuleSet.ALLOW).or(utf8("DENY"), RuleSet.DENY);
  const set = <RuleSet>choice.or(utf8("AUDIT"), RuleSet.AUDIT).value(RuleSet.ALLOW);
  if (!dryRun) return set;
  if (set == RuleSet.AUDIT)
    place.field(utf8("dryRun")).error(utf8("not supported: an AUDIT policy denies nothing, so it needs no dry run"));
  return set == RuleSet.DENY ? RuleSet.DRY_RUN_DENY : RuleSet.DRY_RUN_ALLOW;
}

/**
 * The rules, the last first. None match nothing: of ALLOW that denies, of DENY, dry run or not, it means nothing and is
 * refused, as in Istio.
 */
function readRules(place: Place, policy: Policy, reader: RuleReader): SetRule | null {
  const isList = place.list();
  if (isList ? place.count == 0 : !place.present) {
    if (policy.set == RuleSet.DENY || policy.set == RuleSet.DRY_RUN_DENY) {
      place.error(
        utf8("required for DENY: a DENY policy without rules denies nothing; write [{}] to deny every request"),
      );
    }
    return null;
  }
  if (!isList) return null;
  let last: SetRule | null = null;
  let index: u32 = 0;
  let item = place.first();
  while (item != null) {
    const rule = readAndForget(item, reader);
    const named = changetype<PolicyRule>(reader.region.take(offsetof<PolicyRule>()));
    named.policy = policy;
    named.index = index++;
    rule.set = policy.set;
    rule.outcome = changetype<usize>(named);
    rule.next = last;
    last = rule;
    item = item.next();
  }
  return last;
}

/** Reads a rule and gives back what only the reading needed, but where it left messages there. */
function readAndForget(item: Place, reader: RuleReader): SetRule {
  const report = item.report;
  const before = report.errors.count + report.warnings.count;
  const mark = reader.scratch.mark();
  const rule = readRule(item, reader);
  if (report.errors.count + report.warnings.count == before) reader.scratch.rewind(mark);
  return rule;
}

/** `ns[<namespace>]-policy[<name>]` (istio `pilot/pkg/security/authz/builder: policyName`). */
function idOf(policy: Policy, region: Region): Text {
  const writer = Writer.open();
  writer.text(utf8("ns["));
  writer.text(policy.namespace);
  writer.text(utf8("]-policy["));
  writer.text(policy.name);
  writer.byte(0x5d);
  return writer.finish(region);
}

/** The name of a resource of Kubernetes (RFC 1123 subdomain): it becomes part of ids, logs and counters. */
function readName(place: Place, required: bool): Text {
  if (required && !place.required()) return utf8("");
  const name = place.nonEmptyString();
  if (name == null) return utf8("");
  if (isResourceName(name)) return name;
  place.expected(utf8("a name of letters a to z, digits, - and . that starts and ends with a letter or digit"));
  return utf8("");
}

function isResourceName(name: Text): bool {
  if (name.length > 253) return false;
  for (let i: u32 = 0; i < name.length; i++) {
    const byte = <u32>load<u8>(name.start + i);
    if (isDigit(byte) || byte - 0x61 < 26) continue;
    const inside = i > 0 && i + 1 < name.length;
    if (!inside || (byte != 0x2d && byte != 0x2e)) return false;
  }
  return true;
}
