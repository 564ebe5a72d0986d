import { Place } from "../../assembly/config/place";
import { SetRule } from "../../assembly/match/set-rule";
import { ITEMS_A_STEP, later } from "../../assembly/memory/agenda";
import { Chain } from "../../assembly/memory/chain";
import { Region } from "../../assembly/memory/region";
import { sortAddressesLater } from "../../assembly/memory/sort";
import { PolicyReading } from "./read-policy";
import { compareBytes, utf8 } from "../../assembly/text/text";

/**
 * The rules of the policies that are for this workload, numbered in the order in which Envoy tries them, that of their ids'
 * bytes: of several that match, the first names the verdict (Envoy keeps RBAC's policies in a `std::map`; so `rule[10]`
 * comes before `rule[2]`). Of two policies of one name and namespace the later is reported.
 */
@unmanaged
export class OrderedRules extends Chain<SetRule> {
  count: u32;
  /** The list of policies; and what was read of them: so many addresses of `PolicyReading`s. */
  private place: Place;
  private policies: usize;
  private policyCount: u32;
  /** Which policy comes next, and which of its rules. */
  private policy: u32;
  private rule: u32;

  /** Orders the rules of so many policies later (`memory/agenda.ts`), some at a time. */
  static orderLater(place: Place, policies: usize, count: u32, scratch: Region): OrderedRules {
    sortAddressesLater(policies, count, scratch, comesBefore);
    const rules = changetype<OrderedRules>(scratch.take(offsetof<OrderedRules>()));
    rules.place = place;
    rules.policies = policies;
    rules.policyCount = count;
    later<OrderedRules>(orderSome, rules);
    return rules;
  }

  /** Goes on with some rules; true if none is left. */
  step(): bool {
    for (let i: u32 = 0; i < ITEMS_A_STEP; i++) {
      if (this.policy == this.policyCount) return true;
      const policy = this.policyAt(this.policy);
      if (this.rule == 0) this.checkId(policy);
      if (policy.rules != 0 && policy.count > 0) {
        this.append(changetype<SetRule>(load<usize>(policy.rules + this.rule * sizeof<usize>())));
        this.rule = placeAfter(this.rule, policy.count);
      }
      if (this.rule == 0) this.policy++;
    }
    return false;
  }

  private policyAt(index: u32): PolicyReading {
    return changetype<PolicyReading>(load<usize>(this.policies + index * sizeof<usize>()));
  }

  private checkId(policy: PolicyReading): void {
    if (this.policy == 0 || !this.policyAt(this.policy - 1).policy.id.equals(policy.policy.id)) return;
    this.place.itemAt(policy.index).error(utf8("another policy has this name and namespace"));
  }

  private append(rule: SetRule): void {
    rule.number = this.count++;
    this.add(rule);
  }
}

function orderSome(rules: OrderedRules): bool {
  return rules.step();
}

/**
 * The place that follows in the order of their ids' bytes, of so many; 0, the first, after the last. Places with more digits come before
 * the number that they begin with, as the `]` after it is a higher byte than any digit.
 */
function placeAfter(place: u32, count: u32): u32 {
  let next = place + 1;
  if (place % 10 == 9 || next >= count) return place / 10;
  while (next * 10 < count) next *= 10;
  return next;
}

function comesBefore(a: usize, b: usize): bool {
  const first = changetype<PolicyReading>(a).policy.id;
  const second = changetype<PolicyReading>(b).policy.id;
  return compareBytes(first.start, first.length, second.start, second.length) < 0;
}
