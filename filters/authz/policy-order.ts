import { SetRule } from "../../assembly/match/set-rule";
import { Chain, openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { sortAddresses } from "../../assembly/memory/sort";
import { PoliciesReading } from "./read-policies";
import { PolicyReading } from "./read-policy";
import { compareBytes, utf8 } from "../../assembly/text/text";

/**
 * The rules of the policies that are for this workload, numbered in the order in which Envoy tries them, that of their ids'
 * bytes: of several that match, the first names the verdict (Envoy keeps RBAC's policies in a `std::map`; so `rule[10]`
 * comes before `rule[2]`). Of two policies of one name and namespace the later is reported. They are given the last first.
 */
export function orderedRules(policies: PoliciesReading, scratch: Region): SetRule | null {
  const count = policies.count;
  const list = scratch.take(count * sizeof<usize>());
  let at = list + count * sizeof<usize>();
  let reading = policies.last;
  while (reading != null) {
    at -= sizeof<usize>();
    store<usize>(at, changetype<usize>(reading));
    reading = reading.next;
  }
  sortAddresses(list, count, scratch.take(count * sizeof<usize>()), comesBefore);
  const rules = openChain<SetRule>(scratch);
  let numbered: u32 = 0;
  let before: PolicyReading | null = null;
  for (let i: u32 = 0; i < count; i++) {
    const policy = changetype<PolicyReading>(load<usize>(list + i * sizeof<usize>()));
    if (before != null && before.policy.id.equals(policy.policy.id)) {
      policies.list.itemAt(policy.index).error(utf8("another policy has this name and namespace"));
    }
    if (policy.selected) numbered = addRules(rules, numbered, policy, scratch);
    before = policy;
  }
  return rules.first;
}

/** Adds a policy's rules, numbered from `numbered` on; gives the number after theirs. */
function addRules(rules: Chain<SetRule>, numbered: u32, policy: PolicyReading, scratch: Region): u32 {
  const count = policy.count;
  const list = scratch.take(count * sizeof<usize>());
  let rule = policy.rules;
  // They are given the last first.
  let at = list + count * sizeof<usize>();
  while (rule != null) {
    at -= sizeof<usize>();
    store<usize>(at, changetype<usize>(rule));
    rule = rule.next;
  }
  return addThose(rules, numbered, list, count, 0);
}

/**
 * Adds the rules whose places begin with a number's digits, in the order of their ids' bytes: those with more digits before the
 * number itself, as the `]` after it is a higher byte than any digit. Of 0 on, all of them.
 */
function addThose(rules: Chain<SetRule>, numbered: u32, list: usize, count: u32, digits: u32): u32 {
  const from = digits * 10;
  let number = numbered;
  for (let place = from; place < from + 10 && place < count; place++) {
    if (place > 0) number = addThose(rules, number, list, count, place);
    const rule = changetype<SetRule>(load<usize>(list + place * sizeof<usize>()));
    rule.number = number++;
    rule.next = null;
    rules.add(rule);
  }
  return number;
}

function comesBefore(a: usize, b: usize): bool {
  const first = changetype<PolicyReading>(a).policy.id;
  const second = changetype<PolicyReading>(b).policy.id;
  return compareBytes(first.start, first.length, second.start, second.length) < 0;
}
