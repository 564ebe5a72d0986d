import { Items } from "../../assembly/config/items";
import { Place } from "../../assembly/config/place";
import { Region } from "../../assembly/memory/region";
import { utf8 } from "../../assembly/text/text";
import { Plan } from "./plan";
import { OrderedRules } from "./policy-order";
import { RuleSet } from "./policy";
import { PolicyReading, beginPolicy, endPolicy, rulesOf } from "./read-policy";
import { readRule } from "./read-rule";
import { RuleReader } from "./rule-reader";
import { Workload } from "./workload";

/**
 * The reading of `policies`, a rule at a time. All rules are checked; those of policies for this workload are kept. Where the reading
 * stands is kept in this record alone, so that it can go on later.
 */
@unmanaged
export class PoliciesReading {
  /** The list of policies. */
  list: Place;
  /** Where the addresses of what was read of them are, and how many were read. */
  read: usize;
  count: u32;
  plan: Plan;
  /** The rules of those that are for this workload, when all were read. */
  ordered: OrderedRules;
  /** Reads the policies that are for this workload. */
  here: RuleReader;
  private workload: Workload;
  /** Reads the policies that are for other workloads, for their mistakes alone; and how far its region is filled before a rule. */
  private elsewhere: RuleReader;
  private mark: usize;
  private kept: Region;
  private policies: Items;
  private index: u32;
  /** The policy that is being read: its place, what was read of it, and its rules; null between two. */
  private place: Place | null;
  private reading: PolicyReading;
  private rules: Items;

  /** Begins the reading of `list`. What was read of the policies lies in `kept`. */
  static begin(
    list: Place,
    plan: Plan,
    workload: Workload,
    here: RuleReader,
    elsewhere: RuleReader,
    kept: Region,
  ): PoliciesReading {
    const reading = changetype<PoliciesReading>(kept.take(offsetof<PoliciesReading>()));
    reading.list = list;
    reading.plan = plan;
    reading.workload = workload;
    reading.here = here;
    reading.elsewhere = elsewhere;
    reading.mark = elsewhere.region.mark;
    reading.kept = kept;
    reading.read = kept.take(list.count * sizeof<usize>());
    reading.policies = Items.of(list);
    return reading;
  }

  /** Reads the next rule, or what stands before or after the rules of a policy; false if there is nothing left to read. */
  step(): bool {
    const place = this.place;
    if (place == null) return this.beginNext();
    const rule = this.rules.next();
    if (rule == null) this.end(place);
    else this.readRule(rule);
    return true;
  }

  private beginNext(): bool {
    const place = this.policies.next();
    if (place == null) return false;
    const index = this.index++;
    if (!place.present) place.expected(utf8("an AuthorizationPolicy"));
    if (!place.object()) return true;
    this.place = place;
    const reading = beginPolicy(place, this.workload, this.here, this.elsewhere, this.kept);
    reading.index = index;
    store<usize>(this.read + this.count++ * sizeof<usize>(), changetype<usize>(reading));
    this.reading = reading;
    this.rules = rulesOf(place, reading, this.kept);
    return true;
  }

  private readRule(place: Place): void {
    const reading = this.reading;
    const index = reading.count++;
    if (!reading.selected) {
      this.elsewhere.region.rewind(this.mark);
      readRule(place, this.elsewhere);
      return;
    }
    const rule = readRule(place, this.here);
    rule.policy = reading.policy;
    rule.index = index;
    rule.set = reading.policy.set;
    store<usize>(reading.rules + index * sizeof<usize>(), changetype<usize>(rule));
  }

  private end(place: Place): void {
    endPolicy(place);
    this.place = null;
    const here = this.here;
    if (this.reading.selected) {
      const set = this.reading.policy.set;
      this.plan.sets |= 1 << set;
      if (set == RuleSet.DENY || set == RuleSet.ALLOW) {
        if (here.asksIdentity) this.plan.enforcesIdentity = true;
        if (here.asksHeaders) this.plan.enforcesHeaders = true;
      }
    }
    here.asksIdentity = false;
    here.asksHeaders = false;
  }
}
