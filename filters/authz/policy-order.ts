import { SetRule } from "../../assembly/match/set-rule";
import { Chain, openChain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { sortAddresses } from "../../assembly/memory/sort";
import { PolicyRule } from "./policy";
import { PolicyReading } from "./read-policy";
import { compareBytes, utf8 } from "../../assembly/text/text";

/** The digits of the largest u32 and a `]`. */
const MOST_END: usize = 11;
const ends: usize = memory.data(22);

/**
 * The rules of the policies that are for this workload, numbered in the order in which Envoy tries them, that of their ids'
 * bytes: of several that match, the first names the verdict (Envoy keeps RBAC's policies in a `std::map`; so `rule[10]`
 * comes before `rule[2]`). Of two policies of one name and namespace the later is reported. They are given the last first.
 */
export function orderedRules(last: PolicyReading | null, count: u32, scratch: Region): SetRule | null {
  const list = scratch.take(count * sizeof<usize>());
  let at = list + count * sizeof<usize>();
  let reading = last;
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
      policy.place.error(utf8("another policy has this name and namespace"));
    }
    if (policy.selected) numbered = addRules(rules, numbered, policy, scratch);
    before = policy;
  }
  return rules.first;
}

/** Adds a policy's rules, numbered from `numbered` on; gives the number after theirs. */
function addRules(rules: Chain<SetRule>, numbered: u32, policy: PolicyReading, scratch: Region): u32 {
  let count: u32 = 0;
  let rule = policy.rules;
  while (rule != null) {
    count++;
    rule = rule.next;
  }
  const list = scratch.take(count * sizeof<usize>());
  rule = policy.rules;
  for (let i: u32 = 0; rule != null; i++) {
    store<usize>(list + i * sizeof<usize>(), changetype<usize>(rule));
    rule = rule.next;
  }
  sortAddresses(list, count, scratch.take(count * sizeof<usize>()), ruleBefore);
  for (let i: u32 = 0; i < count; i++) {
    const sorted = changetype<SetRule>(load<usize>(list + i * sizeof<usize>()));
    sorted.number = numbered + i;
    sorted.next = null;
    rules.add(sorted);
  }
  return numbered + count;
}

function comesBefore(a: usize, b: usize): bool {
  const first = changetype<PolicyReading>(a).policy.id;
  const second = changetype<PolicyReading>(b).policy.id;
  return compareBytes(first.start, first.length, second.start, second.length) < 0;
}

/** By the ends of their ids, `<place>]`. */
function ruleBefore(a: usize, b: usize): bool {
  const first = writeEnd(changetype<PolicyRule>(changetype<SetRule>(a).outcome).index, ends + MOST_END);
  const second = writeEnd(changetype<PolicyRule>(changetype<SetRule>(b).outcome).index, ends + 2 * MOST_END);
  const firstLength = <u32>(ends + MOST_END - first);
  const secondLength = <u32>(ends + 2 * MOST_END - second);
  return compareBytes(first, firstLength, second, secondLength) < 0;
}

/** Writes a rule's place and a `]` so that they end before `end`; gives where they start. */
function writeEnd(place: u32, end: usize): usize {
  let rest = place;
  let at = end - 1;
  store<u8>(at, 0x5d);
  do {
    store<u8>(--at, 0x30 + (rest % 10));
    rest /= 10;
  } while (rest > 0);
  return at;
}
