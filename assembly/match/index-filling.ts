import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { SlotTable, isAskedOfHost } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { isLookup, isPresence } from "./lookup";
import { OrderedIndex } from "./ordered-index";
import { Rule, RuleGroups, triesOf } from "./rule-groups";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** How deep indexes lie in one another: each parts its rules by one more of their conditions. */
const MAX_LEVELS: u32 = 4;

/** A bucket for a value that more than a few rules may ask for. */
@unmanaged
class LargeBucket {
  bucket: Bucket;
  next: LargeBucket | null;
}

/** What is done with an index, and in that order. All but the first goes through its rules, one after the other. */
const enum Pass {
  BEGIN,
  /** The windows of expressions that lead here, as too many do, are counted and chosen. */
  COUNT_WINDOWS,
  CHOOSE_WINDOWS,
  /** What all conditions look up that lead is counted. */
  COUNT,
  PLACE,
  /** The same with rules that no value leads to. */
  COUNT_REST,
  PLACE_REST,
}

/**
 * Fills an index that was opened in `region`, and those in it, later (`memory/agenda.ts`), some rules at a time. The links of its list of rules
 * are used up. Nothing else may take from `scratch` meanwhile, which is not needed then.
 */
export function fillIndexLater(index: OrderedIndex, region: Region, scratch: Region, slots: SlotTable): void {
  later<Filling>(fillSome, Filling.of(index, region, scratch, slots));
}

function fillSome(filling: Filling): bool {
  return filling.step();
}

/** The filling of an index and, one after the other, of those in it. Where it stands is kept in this record alone. */
@unmanaged
class Filling {
  private index: OrderedIndex;
  private region: Region;
  private slots: SlotTable;
  private scratch: Region;
  /** How far `scratch` is filled before an index is. */
  private mark: usize;
  private pass: Pass;
  /** The rules of the pass, and that which comes next. */
  private rules: Rule | null;
  private rule: Rule | null;
  private windows: Windows;
  /** What all conditions of the pass look up, and by how many rules it is asked for. */
  private asked: ValueTable;
  private large: LargeBucket | null;

  static of(index: OrderedIndex, region: Region, scratch: Region, slots: SlotTable): Filling {
    const filling = changetype<Filling>(scratch.take(offsetof<Filling>()));
    filling.index = index;
    filling.region = region;
    filling.scratch = scratch;
    filling.slots = slots;
    return filling;
  }

  /** Goes on with some rules; true if the index was filled. */
  step(): bool {
    let rule = this.rule;
    for (let i: u32 = 0; i < ITEMS_A_STEP && rule != null; i++) {
      const next = rule.next;
      this.visit(rule);
      rule = next;
    }
    this.rule = rule;
    return rule == null && this.endPass();
  }

  private visit(rule: Rule): void {
    switch (this.pass) {
      case Pass.COUNT_WINDOWS:
        return this.visitExpressions(rule, true);
      case Pass.CHOOSE_WINDOWS:
        return this.visitExpressions(rule, false);
      case Pass.COUNT:
        return this.countValues(rule);
      case Pass.PLACE:
        rule.next = null;
        return this.place(rule);
      case Pass.COUNT_REST:
        return this.index.rest.countIn(this.asked, rule);
      case Pass.PLACE_REST:
        rule.next = null;
        return this.index.rest.place(rule, this.asked);
    }
  }

  /** Begins the next pass; true if there is none. */
  private endPass(): bool {
    const index = this.index;
    switch (this.pass++) {
      case Pass.BEGIN:
        this.begin(index);
        break;
      case Pass.PLACE:
        index.table.close(this.slots);
        this.rules = index.rest.givenBack();
        this.asked = ValueTable.open(this.scratch, index.rest.count);
        break;
      case Pass.PLACE_REST:
        return this.end(index);
    }
    this.rule = this.rules;
    return false;
  }

  private begin(index: OrderedIndex): void {
    const region = this.region;
    const scratch = this.scratch;
    this.mark = scratch.mark;
    index.table = ValueTable.open(region, index.count);
    index.rest = RuleGroups.open(region);
    this.rules = index.rules;
    this.large = null;
    this.windows = Windows.open(scratch);
    this.asked = ValueTable.open(scratch, index.count);
    // No value leads to it yet.
    if (index.level == 1) this.pass = Pass.COUNT;
  }

  /** Goes on with the next index; true if there is none. */
  private end(index: OrderedIndex): bool {
    if (countsTried()) noteTried(index.table.tried + index.rest.tried);
    this.partLarge(index);
    const next = index.next;
    if (next == null) return true;
    this.index = next;
    this.pass = Pass.BEGIN;
    this.scratch.rewind(this.mark);
    return false;
  }

  /** Lets the rules of each large bucket be an index, which is filled next. */
  private partLarge(index: OrderedIndex): void {
    let last = index;
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      const rules = changetype<Rule | null>(bucket.first);
      let ninth = rules;
      for (let i: u32 = 0; i < FEW && ninth != null; i++) ninth = ninth.next;
      // Of those that ask for the value, most may lie in other buckets.
      if (ninth != null && index.level < MAX_LEVELS) {
        const part = OrderedIndex.open(this.region, rules, FEW, index.level + 1);
        bucket.index = changetype<usize>(part);
        part.next = last.next;
        last.next = part;
        last = part;
      } else if (countsTried()) {
        noteTried(triesOf(rules));
      }
      large = large.next;
    }
  }

  /** Lets expressions that lead here lead further by bytes that stand inside of all of their matches. */
  private visitExpressions(rule: Rule, counts: bool): void {
    let condition = rule.conditions;
    while (condition != null) {
      if (condition.led && this.windows.visit(condition, counts)) condition.led = counts;
      condition = condition.next;
    }
  }

  /** Counts how often the values are asked for that lead. */
  private countValues(rule: Rule): void {
    let condition = rule.conditions;
    while (condition != null) {
      if (this.leads(condition)) this.countAll(condition);
      condition = condition.next;
    }
  }

  private countAll(condition: Condition): void {
    let one: Condition | null = condition;
    while (one != null) {
      this.asked.bucketFor(one).asked++;
      one = one.or;
    }
  }

  /** Puts a rule, the highest so far, behind those of the buckets of the condition whose values the fewest share. */
  private place(rule: Rule): void {
    let rarest: Condition | null = null;
    let least = usize.MAX_VALUE;
    let condition = rule.conditions;
    while (condition != null) {
      if (this.leads(condition)) {
        const asked = this.mostAsked(condition);
        if (asked < least) {
          least = asked;
          rarest = condition;
        }
      }
      condition = condition.next;
    }
    if (rarest == null) return this.index.rest.add(rule);
    rarest.led = true;
    this.keep(rule, rarest, least);
    let other = rarest.or;
    while (other != null) {
      const copy = changetype<Rule>(this.region.take(offsetof<Rule>()));
      memory.copy(changetype<usize>(copy), changetype<usize>(rule), offsetof<Rule>("next"));
      this.keep(copy, other, least);
      other = other.or;
    }
  }

  /**
   * Whether only requests that a table finds can meet the condition, or any other that would do in its place. That there is something
   * which the host has to be asked for leads to none but rules that are many and alike: it costs each request a host call.
   */
  private leads(condition: Condition): bool {
    let one: Condition | null = condition;
    while (one != null) {
      if (one.led || !isLookup(one)) return false;
      if (this.index.level == 1 && isPresence(one) && isAskedOfHost(this.slots.at(one.slot).fact)) return false;
      one = one.or;
    }
    return true;
  }

  /** How many rules share the value, of those that will do, that most share. */
  private mostAsked(condition: Condition): usize {
    let most: usize = 0;
    let one: Condition | null = condition;
    while (one != null) {
      most = max(most, this.asked.bucketFor(one).asked);
      one = one.or;
    }
    return most;
  }

  /** Puts a rule behind those of a condition's bucket, for which at most so many ask. */
  private keep(rule: Rule, condition: Condition, asked: usize): void {
    const bucket = this.index.table.bucketFor(condition);
    const last = changetype<Rule | null>(bucket.asked);
    if (last == null) {
      bucket.first = changetype<usize>(rule);
      this.index.table.use(bucket);
    } else {
      last.next = rule;
    }
    bucket.asked = changetype<usize>(rule);
    if (last != null || asked <= FEW) return;
    const large = changetype<LargeBucket>(this.scratch.take(offsetof<LargeBucket>()));
    large.bucket = bucket;
    large.next = this.large;
    this.large = large;
  }
}
