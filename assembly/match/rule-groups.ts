import { Region } from "../memory/region";
import { Bucket } from "./buckets";
import { Condition, Test, allHold } from "./condition";
import { FEW } from "./few";

/** Conditions of which all must hold, and what follows where they do. */
@unmanaged
export class Rule {
  /** The rule's place in the order: of two that match, the one of the lower number counts. */
  number: u32;
  conditions: Condition | null;
  /** What the rule's owner keeps with it. */
  outcome: usize;
  /** The next rule of the list that is being made, and then of the bucket or group that the rule came into. */
  next: Rule | null;
}

/** Only rules with a lower number than this come before the one found; if none is found, all rules do. */
function limitOf(found: Rule | null): u32 {
  return found == null ? u32.MAX_VALUE : found.number;
}

/** Rules that all fail where one condition does. */
@unmanaged
class Group {
  /** That condition; null where there is none. */
  condition: Condition | null;
  first: Rule;
  last: Rule;
  next: Group | null;
}

/** Rules that no value of a request leads to, in ascending order. Those that one condition rules out lie together. */
@unmanaged
export class RuleGroups {
  private region: Region;
  /** How many rules were added. */
  count: u32;
  /** By their first rules. */
  private first: Group | null;
  private last: Group | null;

  static open(region: Region): RuleGroups {
    const groups = changetype<RuleGroups>(region.take(offsetof<RuleGroups>()));
    groups.region = region;
    return groups;
  }

  /** Adds a rule after the others. */
  add(rule: Rule): void {
    this.count++;
    const group = this.last;
    if (group == null || group.condition != null) this.open(null, rule);
    else append(group, rule);
  }

  /**
   * Says that no rule comes any more. If there are many, gives all of them back: those that ask for the same to be absent are put together
   * then, by `addTo`.
   */
  givenBack(): Rule | null {
    const all = this.first;
    if (all == null || this.count <= FEW) return null;
    this.first = null;
    this.last = null;
    return all.first;
  }

  /** The first rule that the current request meets and that comes before `before`; else `before`. */
  firstBefore(before: Rule | null): Rule | null {
    let best = before;
    let group = this.first;
    while (group != null && group.first.number < limitOf(best)) {
      const condition = group.condition;
      if (condition == null || condition.isMet()) best = firstOf(group.first, best);
      group = group.next;
    }
    return best;
  }

  /** All rules, if there is one group, without a condition; else null. */
  get alone(): Rule | null {
    const group = this.first;
    return group != null && group.condition == null && group.next == null ? group.first : null;
  }

  /** How many conditions and rules a request tries one by one that meets no condition of a group. */
  get tried(): u32 {
    let tried: u32 = 0;
    let group = this.first;
    while (group != null) {
      tried += group.condition == null ? triesOf(group.first) : 1;
      group = group.next;
    }
    return tried;
  }

  /** Adds a rule, one of those given back, to the group of a condition of its, which is kept in that bucket. */
  addTo(bucket: Bucket, condition: Condition, rule: Rule): void {
    const group = changetype<Group | null>(bucket.first);
    if (group == null) bucket.first = changetype<usize>(this.open(condition, rule));
    else append(group, rule);
  }

  private open(condition: Condition | null, rule: Rule): Group {
    const group = changetype<Group>(this.region.take(offsetof<Group>()));
    group.condition = condition;
    group.first = rule;
    group.last = rule;
    const last = this.last;
    if (last == null) this.first = group;
    else last.next = group;
    this.last = group;
    return group;
  }
}

/** The first rule of an ascending list that the current request meets and that comes before `best`; else `best`. */
export function firstOf(rules: Rule | null, best: Rule | null): Rule | null {
  const limit = limitOf(best);
  let rule = rules;
  while (rule != null && rule.number < limit) {
    if (allHold(rule.conditions)) return rule;
    rule = rule.next;
  }
  return best;
}

/** How many rules of a list may be tried: none after one that is met by each request that is led to it. */
export function triesOf(rules: Rule | null): u32 {
  let tries: u32 = 0;
  let rule = rules;
  while (rule != null) {
    tries++;
    if (asksNoMore(rule)) break;
    rule = rule.next;
  }
  return tries;
}

/** Whether all that the rule asks for is what leads to it. */
function asksNoMore(rule: Rule): bool {
  let condition = rule.conditions;
  while (condition != null) {
    if (!condition.led || condition.test > Test.SUFFIX) return false;
    condition = condition.next;
  }
  return true;
}

function append(group: Group, rule: Rule): void {
  group.last.next = rule;
  group.last = rule;
}

/**
 * Whether a condition asks for something to be absent that a table can name, so that others in its bucket ask for the same: an empty text
 * that a missing fact is compared with has the bucket of presence.
 */
export function rulesOut(condition: Condition): bool {
  const vain = condition.missingIsEmpty && condition.text.length == 0;
  return condition.invert && condition.or == null && condition.test <= Test.SUFFIX && !vain;
}
