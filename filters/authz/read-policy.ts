import { Choice } from "../../assembly/config/choice";
import { Items } from "../../assembly/config/items";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { isDigit } from "../../assembly/text/ascii";
import { Text, utf8 } from "../../assembly/text/text";
import { Writer } from "../../assembly/text/writer";
import { Policy, RuleSet } from "./policy";
import { RuleReader } from "./rule-reader";
import { Workload } from "./workload";

/** A policy as it was read. */
@unmanaged
export class PolicyReading {
  policy: Policy;
  /** The policy's place in the list. */
  index: u32;
  /** Whether it is for this workload. */
  selected: bool;
  /** Where the addresses of its rules are if it is, and how many rules were read. */
  rules: usize;
  count: u32;
}

/**
 * Reads what stands before the rules of a policy, which must be an object, and makes `here` or `elsewhere` ready for them. What
 * outlives the reading of the policy lies in `kept` or, of one for this workload, in the region of `here`.
 */
export function beginPolicy(
  place: Place,
  workload: Workload,
  here: RuleReader,
  elsewhere: RuleReader,
  kept: Region,
): PolicyReading {
  const name = readName(place.field(utf8("name")), true);
  const namespace = readName(place.field(utf8("namespace")), false);
  const applies = workload.isMeant(place.field(utf8("namespace")), namespace, place.field(utf8("selector")));
  const reader = applies ? here : elsewhere;
  const region = applies ? here.region : kept;
  const policy = changetype<Policy>(region.take(offsetof<Policy>()));
  policy.name = Text.copy(region, name.start, name.length);
  const home = namespace.length > 0 ? namespace : workload.namespaceOrDefault;
  policy.namespace = Text.copy(region, home.start, home.length);
  policy.id = idOf(policy, region);
  policy.set = readSet(place);
  reader.policy = policy;
  reader.knowsNamespace = namespace.length > 0 || workload.namespace != null;
  const reading = changetype<PolicyReading>(kept.take(offsetof<PolicyReading>()));
  reading.policy = policy;
  reading.selected = applies;
  return reading;
}

/**
 * The rules of a policy, and in `kept` room for them if it is for this workload. None match nothing: of ALLOW that denies, of DENY, dry run
 * or not, it means nothing and is refused, as in Istio.
 */
export function rulesOf(place: Place, reading: PolicyReading, kept: Region): Items {
  const rules = place.field(utf8("rules"));
  const isList = rules.list();
  if (isList ? rules.count == 0 : !rules.present) {
    const set = reading.policy.set;
    if (set == RuleSet.DENY || set == RuleSet.DRY_RUN_DENY) {
      rules.error(
        utf8("required for DENY: a DENY policy without rules denies nothing; write [{}] to deny every request"),
      );
    }
  }
  if (isList && reading.selected) reading.rules = kept.take(rules.count * sizeof<usize>());
  return Items.of(rules);
}

/** Reads what stands after the rules of a policy. */
export function endPolicy(place: Place): void {
  place.refuse(utf8("provider"), utf8("only action CUSTOM uses it: keep the policy as an AuthorizationPolicy"));
  place.refuse(utf8("targetRef"), utf8("the WasmPlugin's targetRefs decide where the filter runs"));
  place.refuse(utf8("targetRefs"), utf8("the WasmPlugin's targetRefs decide where the filter runs"));
  place.noOtherFields();
}

/** `action` and `dryRun`: which set the policy's rules belong to. */
function readSet(place: Place): RuleSet {
  const action = place.field(utf8("action"));
  const dryRun = place.field(utf8("dryRun")).boolean(false);
  const node = action.node;
  if (node != null && node.isText(utf8("CUSTOM"))) {
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
