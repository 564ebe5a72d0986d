import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition, Test } from "./condition";
import { FEW } from "./few";
import { BYTES_A_VALUE_BITS, Field, leadOf } from "./field";
import { LargeBucket } from "./large-bucket";
import { LeadChoice, isDear } from "./lead-choice";
import { Entry, SetGroups, SharedValue, countOf, triesOf } from "./set-groups";
import { SetIndex } from "./set-index";
import { Clause, Clauses, SetRule } from "./set-rule";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** How deep indexes lie in one another: each parts its rules by another of `from`, `to` and `when`. */
const MAX_LEVELS: u32 = 3;
/** The addresses of the buckets of so many of a field's values lie in a row, in bytes; behind them that of the next ones. */
const ROW: usize = ITEMS_A_STEP * sizeof<usize>();

/** What is done with an index, in that order; PLACE comes within CHOOSE. All but PART goes through rules and perhaps their values. */
const enum Pass {
  /** The windows of expressions that lead here, as too many do, are counted and chosen. */
  COUNT_WINDOWS,
  CHOOSE_WINDOWS,
  /** The values that lead are counted. */
  COUNT,
  /** It is found out how many rules no value leads to that is cheap, if some are dear. */
  CONSIDER,
  /** The clauses that lead to a rule are chosen; and then the rule is placed where their values lead. */
  CHOOSE,
  /** Of rules that no value leads to, the values that rule them out are counted, and those with the same put together. */
  COUNT_REST,
  PLACE_REST,
  /** Large buckets become indexes. */
  PART,
  /** Fields of many values come to look them up; not before all indexes are made, which go through them one by one. */
  PACK,
  PLACE,
}

/**
 * Fills an index that was opened in `region`, later (`memory/agenda.ts`), with a list of rules along `next`, in ascending order of their
 * numbers within each set. `scratch` is needed no more then.
 */
export function fillSetIndexLater(
  index: SetIndex,
  region: Region,
  scratch: Region,
  slots: SlotTable,
  rules: SetRule | null,
  count: u32,
): void {
  later<Filling>(fillSome, Filling.of(index, region, scratch, slots, rules, null, count, false));
}

function fillSome(filling: Filling): bool {
  return filling.step();
}

/**
 * The filling of an index. Each pass goes through the rules, the clauses of each rule, their alternatives, the fields of each and its values,
 * and can stop anywhere: a rule may have as many of each as there are rules. Where it stands is kept in this record alone.
 */
@unmanaged
class Filling {
  private index: SetIndex;
  private region: Region;
  private scratch: Region;
  private slots: SlotTable;
  private pass: Pass;
  private choice: LeadChoice;
  private windows: Windows;
  /** Whether some values are expressions that lead to an index around it, or to the rules of this one. */
  private hasExpressions: bool;
  /** How many alternatives the clauses have that may lead. */
  private alternatives: u32;
  /** Whether some values are dear to lead by. */
  private hasDear: bool;
  /** How often what leads is asked for. */
  private asked: ValueTable;
  private large: LargeBucket | null;
  /** How far `scratch` is filled before a large bucket becomes an index. */
  private mark: usize;
  /** The rules that are put together, and by what. */
  private groups: SetGroups | null;
  private shared: SharedValue;
  /** The rules of the pass: a list, or entries. */
  private rules: SetRule | null;
  private entries: Entry | null;
  /** What the pass is at: the value, and what it is one of, each null behind the last. */
  private rule: SetRule | null;
  private entry: Entry | null;
  private clauses: Clauses | null;
  private clause: Clause | null;
  private field: Field | null;
  private value: Condition | null;
  /** Where the address of the value's bucket is or comes, and where that row ends. */
  private at: usize;
  private end: usize;
  /** How many moves are left of the step. */
  private left: i32;

  static of(
    index: SetIndex,
    region: Region,
    scratch: Region,
    slots: SlotTable,
    rules: SetRule | null,
    entries: Entry | null,
    count: u32,
    hasExpressions: bool,
  ): Filling {
    const filling = changetype<Filling>(scratch.take(offsetof<Filling>()));
    filling.index = index;
    filling.region = region;
    filling.scratch = scratch;
    filling.slots = slots;
    filling.windows = Windows.open(scratch);
    filling.asked = ValueTable.open(scratch, count);
    filling.choice = LeadChoice.open(scratch, slots);
    filling.rules = rules;
    filling.entries = entries;
    filling.hasExpressions = hasExpressions;
    filling.pass = hasExpressions ? Pass.COUNT_WINDOWS : Pass.COUNT;
    filling.begin();
    return filling;
  }

  /** Goes on by some moves; true if the index was filled. */
  step(): bool {
    this.left = ITEMS_A_STEP;
    while (this.left-- > 0) {
      const value = this.value;
      const field = this.field;
      const clause = this.clause;
      const clauses = this.clauses;
      const rule = this.rule;
      const chooses = this.pass == Pass.CONSIDER || this.pass == Pass.CHOOSE;
      if (value != null) {
        this.value = value.or;
        this.visit(value);
      } else if (field != null) {
        if (chooses) this.choice.endField(field);
        this.enterField(field.next);
      } else if (clause != null) {
        if (chooses) this.choice.endClause();
        this.enterClause(clause.or);
      } else if (clauses != null) {
        if (chooses) this.choice.endClauses(clauses);
        this.enterClauses(this.pass == Pass.PLACE ? null : clauses.next);
      } else if (rule != null) {
        this.endRule(rule);
      } else if (this.endPass()) {
        return true;
      }
    }
    return false;
  }

  /** Begins a pass. */
  private begin(): void {
    const entries = this.entries;
    if (entries == null) this.enterRule(this.rules, null);
    else this.enterEntry(entries);
  }

  private enterEntry(entry: Entry | null): void {
    if (entry == null) this.enterRule(null, null);
    else this.enterRule(entry.rule, entry);
  }

  private enterRule(rule: SetRule | null, entry: Entry | null): void {
    this.rule = rule;
    this.entry = entry;
    if (rule == null) return;
    this.choice.begin();
    if (this.pass == Pass.PLACE_REST) this.shared.begin();
    this.enterClauses(rule.clauses);
  }

  private enterClauses(clauses: Clauses | null): void {
    this.clauses = clauses;
    if (clauses == null) return;
    const wanted = this.wantsClauses(clauses);
    this.choice.beginClauses(wanted);
    if (wanted) this.enterClause(clauses);
  }

  private enterClause(clause: Clause | null): void {
    this.clause = clause;
    if (clause == null) return;
    if (this.pass == Pass.COUNT) this.alternatives++;
    this.choice.beginClause();
    this.enterField(clause.fields);
  }

  private enterField(field: Field | null): void {
    this.field = field;
    if (field == null || !this.wantsField(field)) return;
    const values = field.values;
    if (values == null) return;
    this.value = values;
    if (this.pass == Pass.COUNT) field.buckets = this.scratch.take(roomFor(values));
    this.choice.beginField(field);
    this.enterRow(field.buckets);
  }

  private wantsClauses(clauses: Clauses): bool {
    switch (this.pass) {
      case Pass.COUNT_WINDOWS:
      case Pass.CHOOSE_WINDOWS:
        return !this.mayLead(clauses);
      case Pass.COUNT:
      case Pass.CONSIDER:
      case Pass.CHOOSE:
        return this.mayLead(clauses);
      case Pass.COUNT_REST:
      case Pass.PLACE_REST:
        return clauses.or == null;
    }
    return true;
  }

  /** Whether clauses of a rule may lead to it in this index: none before does by them. */
  private mayLead(clauses: Clauses): bool {
    return clauses.led == 0 || clauses.led >= this.index.level;
  }

  private wantsField(field: Field): bool {
    switch (this.pass) {
      case Pass.COUNT_REST:
      case Pass.PLACE_REST:
        return field.negated;
      case Pass.PACK:
        field.pack(this.region, this.scratch);
        return false;
      case Pass.PLACE:
        return field.leads;
    }
    return !field.negated;
  }

  private visit(value: Condition): void {
    switch (this.pass) {
      case Pass.COUNT_WINDOWS:
      case Pass.CHOOSE_WINDOWS:
        return this.visitExpression(value);
      case Pass.COUNT_REST:
      case Pass.PLACE_REST:
        this.spend(value.text.length);
        return this.shared.visit(value, this.pass == Pass.COUNT_REST);
    }
    this.visitLead(leadOf(value));
  }

  /** Lets clauses that lead to this index, as too many do, lead further by bytes that stand inside of all matches of their expressions. */
  private visitExpression(value: Condition): void {
    if (value.next != null) return;
    const counts = this.pass == Pass.COUNT_WINDOWS;
    const regex = value.regex;
    if (regex != null) this.spend(regex.required.length);
    const clauses = this.clauses;
    if (this.windows.visit(value, counts) && !counts && clauses != null) clauses.led = this.index.level;
  }

  private visitLead(lead: Condition): void {
    const pass = this.pass;
    if (pass == Pass.COUNT) {
      const bucket = this.asked.bucketFor(lead);
      bucket.asked++;
      if (lead.test == Test.REGEX) this.hasExpressions = true;
      if (isDear(lead, this.slots)) this.hasDear = true;
      this.spend(bucket.length);
      store<usize>(this.at, changetype<usize>(bucket));
    } else {
      const bucket = changetype<Bucket>(load<usize>(this.at));
      const rule = this.rule;
      if (pass != Pass.PLACE) this.choice.visit(lead, <u32>bucket.asked);
      else if (rule != null) this.keep(rule, this.index.table.bucketLike(lead, bucket), bucket.asked);
    }
    this.nextPlace();
  }

  private spend(bytes: u32): void {
    this.left -= <i32>(bytes >> BYTES_A_VALUE_BITS);
  }

  /** Goes to the place of the next value's bucket. */
  private nextPlace(): void {
    const at = this.at + sizeof<usize>();
    this.at = at;
    if (at < this.end || this.value == null) return;
    if (this.pass == Pass.COUNT) store<usize>(at, this.scratch.take(ROW + sizeof<usize>()));
    this.enterRow(load<usize>(at));
  }

  private enterRow(row: usize): void {
    this.at = row;
    this.end = row + ROW;
  }

  /** Puts a rule, of a number above those before it, into a bucket that so many ask for; but once. */
  private keep(rule: SetRule, bucket: Bucket, asked: usize): void {
    const last = changetype<Entry | null>(bucket.asked);
    if (last != null && last.rule == rule) return;
    const entry = Entry.of(this.region, rule);
    if (last == null) {
      bucket.first = changetype<usize>(entry);
      this.index.table.use(bucket);
    } else {
      last.next = entry;
    }
    bucket.asked = changetype<usize>(entry);
    if (last != null || asked <= FEW) return;
    this.large = LargeBucket.of(this.scratch, bucket, this.large);
  }

  /** Does what is left to do with a rule, and goes to the next. */
  private endRule(rule: SetRule): void {
    const entry = this.entry;
    let next: Entry | null = null;
    // It has another next one when it is put beside others.
    if (entry != null) next = entry.next;
    const best = this.choice.best;
    switch (this.pass) {
      case Pass.CONSIDER:
        this.choice.consider();
        break;
      case Pass.CHOOSE:
        if (best == null || this.triesAll) {
          this.addToRest(rule);
          break;
        }
        best.led = this.index.level;
        this.pass = Pass.PLACE;
        return this.enterClauses(best);
      case Pass.PLACE:
        this.pass = Pass.CHOOSE;
        break;
      case Pass.PLACE_REST: {
        const groups = this.groups;
        if (groups != null && entry != null) groups.place(entry, this.shared);
      }
    }
    if (entry == null) this.enterRule(rule.next, null);
    else this.enterEntry(next);
  }

  /** Whether the rules are few and simple: they are all tried, as that costs less than to be led to one. */
  private get triesAll(): bool {
    return this.alternatives <= FEW && !this.hasExpressions && !this.slots.asksHost;
  }

  private addToRest(rule: SetRule): void {
    const index = this.index;
    let groups = index.rest;
    while (groups != null && groups.set != rule.set) groups = groups.next;
    if (groups == null) {
      groups = SetGroups.open(this.region, rule.set, index.rest);
      index.rest = groups;
    }
    groups.add(rule);
  }

  /** Begins the next pass; true if there is none. */
  private endPass(): bool {
    const index = this.index;
    switch (this.pass) {
      case Pass.COUNT:
        if (!this.hasDear) this.pass = Pass.CONSIDER;
        break;
      case Pass.CONSIDER:
        this.choice.decide();
        break;
      case Pass.CHOOSE:
        index.table.close(this.slots);
        this.groups = index.rest;
        return this.beginGroups();
      case Pass.PLACE_REST: {
        const groups = this.groups;
        if (groups != null) this.groups = groups.next;
        return this.beginGroups();
      }
      case Pass.PART:
        if (this.partNext()) return false;
        if (index.level > 1) return true;
        this.entries = null;
        break;
      case Pass.PACK:
        return true;
    }
    this.pass++;
    this.begin();
    return false;
  }

  /** Begins to put rules together of the next set of which there are many or, after the last, to part large buckets. */
  private beginGroups(): bool {
    let groups = this.groups;
    let entries: Entry | null = null;
    while (groups != null) {
      entries = groups.givenBack();
      if (entries != null) break;
      groups = groups.next;
    }
    this.groups = groups;
    if (groups == null) {
      this.pass = Pass.PART;
      this.mark = this.scratch.mark;
      return false;
    }
    this.shared = SharedValue.among(this.scratch, groups.count);
    this.pass = Pass.COUNT_REST;
    this.entries = entries;
    this.begin();
    return false;
  }

  /** Lets the rules of the next large bucket be an index, which is filled then; false if there is none. */
  private partNext(): bool {
    const index = this.index;
    const large = this.large;
    if (large == null) {
      if (countsTried()) noteTried(index.table.tried + triesOfRest(index.rest));
      index.close();
      return false;
    }
    this.large = large.next;
    const bucket = large.bucket;
    const entries = changetype<Entry | null>(bucket.first);
    const count = index.level < MAX_LEVELS ? countOf(entries) : 0;
    // Of those that ask for the value, most may lie in other buckets.
    if (count > FEW) {
      const scratch = this.scratch;
      scratch.rewind(this.mark);
      const part = SetIndex.open(this.region, count, index);
      bucket.index = changetype<usize>(part);
      const filling = Filling.of(part, this.region, scratch, this.slots, null, entries, count, this.hasExpressions);
      later<Filling>(fillSome, filling);
      // Its filling comes next, and what it takes is given back after it.
      this.left = 0;
    } else if (countsTried()) {
      noteTried(triesOf(entries));
    }
    return true;
  }
}

/** How many bytes the addresses of the buckets of a field's first values take. */
function roomFor(values: Condition): usize {
  let room: usize = 0;
  let value: Condition | null = values;
  while (value != null && room <= ROW) {
    room += sizeof<usize>();
    value = value.or;
  }
  return room;
}

function triesOfRest(rest: SetGroups | null): u32 {
  let tried: u32 = 0;
  let groups = rest;
  while (groups != null) {
    tried += groups.tried;
    groups = groups.next;
  }
  return tried;
}
