import { ITEMS_A_STEP, later } from "../memory/agenda";
import { openChain } from "../memory/chain";
import { Region } from "../memory/region";
import { SlotTable } from "../request/slots";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { Field, leadOf } from "./field";
import { LeadChoice, SOME_BUCKETS, askedOf } from "./lead-choice";
import { Entry, SetGroups, countOf, triesOf } from "./set-groups";
import { Clause, SetRule } from "./set-rule";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";

/** How many sets of rules an index keeps apart at most. */
export const MAX_SETS: u32 = 8;

/** How deep indexes lie in one another: each parts its rules by another of `from`, `to` and `when`. */
const MAX_LEVELS: u32 = 3;

/** A bucket for a value that more than a few rules ask for. */
@unmanaged
class LargeBucket {
  bucket: Bucket;
  next: LargeBucket | null;
}

/**
 * Finds, for each of several sets of rules, the first that the current request meets, looking only at those that it can
 * meet: one pass for all sets.
 *
 * A request can meet a rule only with one of the values of some field in each alternative of, say, its `from`. So each rule
 * lies in the buckets of such values, of those that the fewest rules share; the request's own values lead to their buckets. A bucket of
 * many rules is an index by what else they ask for. Rules that no value leads to, as they ask only for what must not be, lie in groups
 * that one value rules out. The outcome is that of trying every rule.
 */
@unmanaged
export class SetIndex {
  private region: Region;
  private slots: SlotTable;
  private level: u32;
  private table: ValueTable;
  private large: LargeBucket | null;
  /** Of each set that has some, the rules that no value leads to. */
  private rest: SetGroups | null;
  /** The rules found, by their sets: addresses of `SetRule`s. */
  private found: usize;

  /**
   * Makes the index of a list of rules along `next`, in ascending order of their numbers within each set: it is filled later
   * (`memory/agenda.ts`), rule by rule. `scratch` is needed no more when it is made.
   */
  static build(region: Region, scratch: Region, slots: SlotTable, rules: SetRule | null, count: u32): SetIndex {
    const entries = openChain<Entry>(scratch);
    let rule = rules;
    while (rule != null) {
      entries.add(Entry.of(scratch, rule));
      rule = rule.next;
    }
    const found = region.take(MAX_SETS * sizeof<usize>());
    const index = SetIndex.ofLevel(region, scratch, slots, entries.first, count, found, 1);
    const packing = changetype<Packing>(scratch.take(offsetof<Packing>()));
    packing.region = region;
    packing.scratch = scratch;
    packing.rule = rules;
    later<Packing>(packNext, packing);
    return index;
  }

  private static ofLevel(
    region: Region,
    scratch: Region,
    slots: SlotTable,
    entries: Entry | null,
    count: u32,
    found: usize,
    level: u32,
  ): SetIndex {
    const index = changetype<SetIndex>(region.take(offsetof<SetIndex>()));
    index.region = region;
    index.slots = slots;
    index.level = level;
    index.found = found;
    index.table = ValueTable.open(region, count);
    const filling = changetype<Filling>(scratch.take(offsetof<Filling>()));
    filling.index = index;
    filling.scratch = scratch;
    filling.choice = LeadChoice.among(scratch, slots, entries, count, level);
    filling.entries = entries;
    filling.entry = entries;
    later<Filling>(fill, filling);
    return index;
  }

  /** Says that all rules were placed. */
  close(scratch: Region): void {
    this.table.close(this.slots);
    let groups = this.rest;
    while (groups != null) {
      groups.group(scratch);
      groups = groups.next;
    }
    if (this.level < MAX_LEVELS) this.partLarge(scratch);
    if (countsTried()) this.noteTried();
  }

  /** Looks for the current request's rules; `first` then gives them. */
  look(): void {
    memory.fill(this.found, 0, MAX_SETS * sizeof<usize>());
    this.lookOn();
  }

  /** The first rule of a set that the request of the last `look` meets; null where there is none. */
  first(set: u32): SetRule | null {
    return changetype<SetRule | null>(load<usize>(this.found + set * sizeof<usize>()));
  }

  /** Looks for rules that come before those found. */
  private lookOn(): void {
    const table = this.table;
    table.begin();
    let bucket: Bucket | null = table.nextBucket();
    while (bucket != null) {
      const index = changetype<SetIndex | null>(bucket.index);
      if (index == null) this.tryAll(changetype<Entry | null>(bucket.first));
      else index.lookOn();
      bucket = table.nextBucket();
    }
    let groups = this.rest;
    while (groups != null) {
      this.find(groups.set, groups.firstBefore(this.first(groups.set)));
      groups = groups.next;
    }
  }

  private tryAll(entries: Entry | null): void {
    let entry = entries;
    while (entry != null) {
      const rule = entry.rule;
      const best = this.first(rule.set);
      if ((best == null || rule.number < best.number) && rule.holds()) this.find(rule.set, rule);
      entry = entry.next;
    }
  }

  private find(set: u32, rule: SetRule | null): void {
    store<usize>(this.found + set * sizeof<usize>(), changetype<usize>(rule));
  }

  /** Puts a rule where the values of its best clauses lead. */
  place(rule: SetRule, choice: LeadChoice): void {
    const best = choice.best;
    if (best == null) return this.addToRest(rule);
    best.led = this.level;
    const lead = choice.lead;
    if (best.or == null && lead != null) return this.placeUnder(lead, rule, choice.scratch);
    const rest = this.placeAlternatives(best, rule, choice);
    if (rest == null) return;
    const placing = changetype<ClausesPlacing>(choice.scratch.take(offsetof<ClausesPlacing>()));
    placing.index = this;
    placing.rule = rule;
    placing.choice = choice;
    placing.clause = rest;
    later<ClausesPlacing>(placeMore, placing);
  }

  /** Puts a rule where some of its alternatives' values lead; gives the alternative that comes next. */
  placeAlternatives(alternatives: Clause, rule: SetRule, choice: LeadChoice): Clause | null {
    let clause: Clause | null = alternatives;
    for (let i: u32 = 0; i < ITEMS_A_STEP && clause != null; i++) {
      const field = choice.bestField(clause);
      if (field != null) this.placeUnder(field, rule, choice.scratch);
      clause = clause.or;
    }
    return clause;
  }

  private addToRest(rule: SetRule): void {
    let groups = this.rest;
    while (groups != null && groups.set != rule.set) groups = groups.next;
    if (groups == null) {
      groups = SetGroups.open(this.region, rule.set, this.rest);
      this.rest = groups;
    }
    groups.add(rule);
  }

  private placeUnder(field: Field, rule: SetRule, scratch: Region): void {
    const rest = this.placeSome(field.values, field.buckets, rule);
    if (rest == null) return;
    const placing = changetype<Placing>(scratch.take(offsetof<Placing>()));
    placing.index = this;
    placing.rule = rule;
    placing.value = rest;
    placing.bucket = field.buckets + SOME_BUCKETS;
    later<Placing>(placeSome, placing);
  }

  /** Puts a rule where some values of a field lead, the buckets of which are kept from `at` on; gives the value that comes next. */
  placeSome(values: Condition | null, at: usize, rule: SetRule): Condition | null {
    let value = values;
    let bucket = at;
    for (const end = at + SOME_BUCKETS; bucket < end && value != null; bucket += sizeof<usize>()) {
      const lead = leadOf(value);
      if (lead != null) this.keep(this.table.bucketLike(lead, askedOf(bucket)), askedOf(bucket).asked, rule);
      value = value.or;
    }
    return value;
  }

  /** Adds a rule, of a number above those before it, to a bucket that so many ask for; but once. */
  private keep(bucket: Bucket, asked: usize, rule: SetRule): void {
    const last = changetype<Entry | null>(bucket.asked);
    if (last != null && last.rule == rule) return;
    const entry = Entry.of(this.region, rule);
    if (last == null) {
      bucket.first = changetype<usize>(entry);
      this.table.use(bucket);
    } else {
      last.next = entry;
    }
    bucket.asked = changetype<usize>(entry);
    if (last != null || asked <= FEW) return;
    const large = changetype<LargeBucket>(this.region.take(offsetof<LargeBucket>()));
    large.bucket = bucket;
    large.next = this.large;
    this.large = large;
  }

  /** Makes an index of each large bucket's rules. */
  private partLarge(scratch: Region): void {
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      const entries = changetype<Entry | null>(bucket.first);
      const count = countOf(entries);
      if (count > FEW) {
        const level = this.level + 1;
        const index = SetIndex.ofLevel(this.region, scratch, this.slots, entries, count, this.found, level);
        bucket.index = changetype<usize>(index);
      }
      large = large.next;
    }
  }

  private noteTried(): void {
    let tried = this.table.tried;
    let groups = this.rest;
    while (groups != null) {
      tried += groups.tried;
      groups = groups.next;
    }
    noteTried(tried);
    let large = this.large;
    while (large != null) {
      const bucket = large.bucket;
      if (bucket.index == 0) noteTried(triesOf(changetype<Entry | null>(bucket.first)));
      large = large.next;
    }
  }
}

/** The placing of a rule where the values of many alternatives lead. */
@unmanaged
class ClausesPlacing {
  index: SetIndex;
  rule: SetRule;
  choice: LeadChoice;
  /** The alternative that comes next. */
  clause: Clause;
}

function placeMore(placing: ClausesPlacing): bool {
  const rest = placing.index.placeAlternatives(placing.clause, placing.rule, placing.choice);
  if (rest == null) return true;
  placing.clause = rest;
  return false;
}

/** The placing of a rule where many values of a field lead, which all do. */
@unmanaged
class Placing {
  index: SetIndex;
  rule: SetRule;
  /** The value that comes next, and where its bucket is kept. */
  value: Condition | null;
  bucket: usize;
}

function placeSome(placing: Placing): bool {
  placing.value = placing.index.placeSome(placing.value, placing.bucket, placing.rule);
  placing.bucket += SOME_BUCKETS;
  return placing.value == null;
}

/** What is done with each rule before it is placed, and that. */
const enum Pass {
  COUNT,
  CONSIDER,
  PLACE,
}

/** The filling of an index with its rules, of which each pass goes through all. */
@unmanaged
class Filling {
  index: SetIndex;
  scratch: Region;
  choice: LeadChoice;
  entries: Entry | null;
  pass: Pass;
  /** The entry that comes next in the pass, and whether it was begun with. */
  entry: Entry | null;
  isBegun: bool;
}

function fill(filling: Filling): bool {
  const entry = filling.entry;
  const choice = filling.choice;
  const pass = filling.pass;
  if (entry != null) {
    if (!filling.isBegun) choice.begin(entry.rule);
    filling.isBegun = !(pass == Pass.COUNT ? choice.count() : choice.choose());
    if (filling.isBegun) return false;
    if (pass == Pass.CONSIDER) choice.consider();
    else if (pass == Pass.PLACE) filling.index.place(entry.rule, choice);
    filling.entry = entry.next;
    return false;
  }
  filling.entry = filling.entries;
  if (pass == Pass.PLACE) {
    filling.index.close(filling.scratch);
    return true;
  }
  if (pass == Pass.CONSIDER) choice.decide();
  filling.pass++;
  return false;
}

/** The rules whose fields are still to be packed. */
@unmanaged
class Packing {
  region: Region;
  scratch: Region;
  rule: SetRule | null;
}

/** Lets fields of many values look them up; not before the index is made, which goes through them one by one. */
function packNext(packing: Packing): bool {
  const rule = packing.rule;
  if (rule == null) return true;
  let clauses = rule.clauses;
  while (clauses != null) {
    let clause: Clause | null = clauses;
    while (clause != null) {
      let field = clause.fields;
      while (field != null) {
        field.pack(packing.region, packing.scratch);
        field = field.next;
      }
      clause = clause.or;
    }
    clauses = clauses.next;
  }
  packing.rule = rule.next;
  return false;
}
