import { BYTES_AN_ITEM, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { SlotTable, isAskedOfHost } from "../request/slots";
import { Condition, Test } from "./condition";
import { FEW } from "./few";
import { LargeBucket } from "./large-bucket";
import { isLookup, isPresence } from "./lookup";
import { OrderedIndex } from "./ordered-index";
import { Rule, RuleGroups, rulesOut, triesOf } from "./rule-groups";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** How deep indexes lie in one another: each parts its rules by one more of their conditions. */
const MAX_LEVELS: u32 = 4;
/** So many conditions of rules are gone through in one step. */
const CONDITIONS_A_STEP: i32 = 256;

/** What is done with an index, and in that order. All but the first goes through its rules and their conditions, one after the other. */
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
 * Fills an index that was opened in `region`, and those in it, later (`memory/agenda.ts`), some conditions at a time. The links of its list of rules
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
  /** The rules of the pass, that which is gone through, and the one after it. */
  private rules: Rule | null;
  private rule: Rule | null;
  private following: Rule | null;
  /** The rule's condition that comes next. */
  private condition: Condition | null;
  /** The condition that is gone through, the next of those that would do in its place, and how many rules share the value that most do. */
  private head: Condition;
  private one: Condition | null;
  private most: i32;
  /** The condition by which the rule is placed, of those so far, and what was the least of `most`, or of its negative. */
  private chosen: Condition | null;
  private least: i32;
  /** Whether all conditions of the rule were gone through: it is being placed. */
  private placing: bool;
  /** How many conditions the rules have, those in other indexes again; one that is no simple comparison counts as many. */
  private conditions: u32;
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

  /** Goes on with some conditions; true if the index was filled. */
  step(): bool {
    let left = CONDITIONS_A_STEP;
    while (left > 0) {
      left--;
      const rule = this.rule;
      if (rule == null) return this.endPass();
      const one = this.one;
      const condition = this.condition;
      if (one != null) {
        this.visit(rule, one);
        left -= <i32>(one.text.length / BYTES_AN_ITEM);
      } else if (condition != null) {
        left -= <i32>(condition.text.length / BYTES_AN_ITEM);
        this.condition = condition.next;
        if (this.pass == Pass.COUNT)
          this.conditions += condition.test > Test.SUFFIX || condition.or != null ? FEW + 1 : 1;
        this.head = condition;
        this.most = 0;
        if (this.concerns(condition)) this.visit(rule, condition);
      } else {
        this.endRule(rule);
      }
    }
    return false;
  }

  private beginRule(rule: Rule | null): void {
    this.rule = rule;
    this.placing = false;
    this.chosen = null;
    // In a group at least two rules lie.
    this.least = this.pass == Pass.PLACE ? i32.MAX_VALUE : -1;
    if (rule != null) this.condition = rule.conditions;
  }

  /** Whether the pass has to do with a condition of a rule. */
  private concerns(condition: Condition): bool {
    switch (this.pass) {
      case Pass.COUNT_WINDOWS:
      case Pass.CHOOSE_WINDOWS:
        return condition.led;
      case Pass.COUNT:
      case Pass.PLACE:
        return this.leads(condition);
    }
    return rulesOut(condition);
  }

  /** Goes through a condition or another that would do in its place. */
  private visit(rule: Rule, one: Condition): void {
    const pass = this.pass;
    if (pass <= Pass.CHOOSE_WINDOWS) {
      // An expression that leads here leads further by bytes that stand inside of all of its matches.
      const counts = pass == Pass.COUNT_WINDOWS;
      if (this.windows.visit(one, counts)) one.led = counts;
      return;
    }
    const next = one.or;
    this.one = next;
    if (this.placing) {
      const copy = changetype<Rule>(this.region.take(offsetof<Rule>()));
      memory.copy(changetype<usize>(copy), changetype<usize>(rule), offsetof<Rule>("next"));
      return this.keep(copy, one, this.least);
    }
    const bucket = this.asked.bucketFor(one);
    if (pass == Pass.COUNT || pass == Pass.COUNT_REST) {
      bucket.asked++;
      return;
    }
    const most = max(this.most, <i32>bucket.asked);
    this.most = most;
    const measure = pass == Pass.PLACE ? most : -most;
    if (next != null || measure >= this.least) return;
    this.least = measure;
    this.chosen = this.head;
  }

  /** Places a rule of which all conditions were gone through; goes to the next when that is done. */
  private endRule(rule: Rule): void {
    if (!this.placing) {
      this.placing = true;
      this.following = rule.next;
      if (this.pass == Pass.PLACE || this.pass == Pass.PLACE_REST) this.place(rule);
    }
    if (this.one == null) this.beginRule(this.following);
  }

  /**
   * Puts a rule, the highest so far, behind those of the buckets of the condition whose values the fewest share; or, if no value leads to it,
   * into the group of the condition that most rules have.
   */
  private place(rule: Rule): void {
    const chosen = this.chosen;
    const rest = this.index.rest;
    rule.next = null;
    if (chosen == null || this.triesAll) return rest.add(rule);
    if (this.pass == Pass.PLACE_REST) return rest.addTo(this.asked.bucketFor(chosen), chosen, rule);
    chosen.led = true;
    this.keep(rule, chosen, this.least);
    this.one = chosen.or;
  }

  /** Whether all rules are tried, as that costs less than to be led to one: they are few, and ask for texts in the headers. */
  private get triesAll(): bool {
    return this.conditions <= FEW && !this.slots.asksHost;
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
    this.beginRule(this.rules);
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
    index.close();
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

  /** Puts a rule behind those of a condition's bucket, for which at most so many ask. */
  private keep(rule: Rule, condition: Condition, asked: i32): void {
    const bucket = this.index.table.bucketFor(condition);
    const last = changetype<Rule | null>(bucket.asked);
    if (last == null) {
      bucket.first = changetype<usize>(rule);
      this.index.table.use(bucket);
    } else {
      last.next = rule;
    }
    bucket.asked = changetype<usize>(rule);
    if (last != null || asked <= <i32>FEW) return;
    this.large = LargeBucket.of(this.scratch, bucket, this.large);
  }
}
