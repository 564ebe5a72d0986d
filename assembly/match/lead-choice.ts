import { Region } from "../memory/region";
import { Fact, SlotTable, isAskedOfHost } from "../request/slots";
import { Condition } from "./condition";
import { FEW } from "./few";
import { Field } from "./field";
import { isPresence, lookupPart } from "./lookup";
import { Clauses } from "./set-rule";
import { Part } from "./value-part";

/** Looking a fact up that the host has to be asked for is as dear as trying so many more rules. */
const HOST_CALL: u32 = 3;
/** Starts and ends are looked up for each length that some rule asks for, whole values but once. */
const PARTS: u32 = 1;
/** An expression is evaluated by a call of its own, which looking it up would make for every request: dearer than any rules. */
const EVALUATION: u32 = 1 << 24;

/**
 * Chooses which of a rule's values lead to it in an index: those that the fewest rules share, and that are cheap to look up. It is told of
 * each rule, of its clauses that may lead, of their alternatives and of the values of each field that leads, as they begin and end.
 */
@unmanaged
export class LeadChoice {
  private slots: SlotTable;
  /** Whether rules are led to by the mere presence of what the host has to be asked for: only where that spares many tries. */
  private asksHost: bool;
  /** How many rules no value leads to that is cheap. */
  private without: u32;
  /** The clauses that lead to the rule at the least cost; null where none do. */
  best: Clauses | null;
  private least: u32;
  /** How many rules a request may have to try that the values of the clauses lead to; the largest number if one alternative has no field that leads. */
  private most: u32;
  /** The field of the alternative that leads at the least cost, and that; the largest number if none leads. */
  private cheapest: Field | null;
  private lowest: u32;
  /** What the field costs, by its values so far. */
  private cost: u32;

  /** A choice in `scratch`. */
  static open(scratch: Region, slots: SlotTable): LeadChoice {
    const choice = changetype<LeadChoice>(scratch.take(offsetof<LeadChoice>()));
    choice.slots = slots;
    return choice;
  }

  /** Begins with a rule. */
  begin(): void {
    this.best = null;
    this.least = u32.MAX_VALUE;
  }

  /** Begins with clauses, which perhaps may lead. */
  beginClauses(may: bool): void {
    this.most = may ? 0 : u32.MAX_VALUE;
  }

  /** Begins with an alternative. */
  beginClause(): void {
    this.cheapest = null;
    this.lowest = u32.MAX_VALUE;
  }

  /** Begins with a field. */
  beginField(field: Field): void {
    field.leads = false;
    this.cost = 0;
  }

  /** Notes a value of the field, for which so many ask. */
  visit(lead: Condition, asked: u32): void {
    this.cost = max(this.cost, this.costOf(lead, asked));
  }

  /** Notes that the field has no more values. If it has none that lead, nothing leads by it. */
  endField(field: Field): void {
    if (field.buckets == 0 || this.cost >= this.lowest) return;
    this.lowest = this.cost;
    this.cheapest = field;
  }

  /** Notes that the alternative has no more fields, and which one leads. */
  endClause(): void {
    this.most = max(this.most, this.lowest);
    const field = this.cheapest;
    if (field != null) field.leads = true;
  }

  /** Notes that there are no more alternatives. */
  endClauses(clauses: Clauses): void {
    if (this.most >= this.least) return;
    this.least = this.most;
    this.best = clauses;
  }

  /** Notes whether the rule that was chosen for is led to by what is cheap. */
  consider(): void {
    if (this.best == null) this.without++;
  }

  /** Finds out whether to lead by what is dear. */
  decide(): void {
    this.asksHost = this.without > FEW;
  }

  private costOf(lead: Condition, asked: u32): u32 {
    const fact = this.slots.at(lead.slot).fact;
    if (fact == Fact.EXPRESSION) return asked + EVALUATION;
    if (!isAskedOfHost(fact)) return lookupPart(lead) == Part.WHOLE ? asked : asked + PARTS;
    return this.asksHost || !isDear(lead, this.slots) ? asked + HOST_CALL : u32.MAX_VALUE;
  }
}

/** Whether a value is dear to lead by: it asks only for presence, and of something that the host has to be asked for. */
export function isDear(lead: Condition, slots: SlotTable): bool {
  return isPresence(lead) && isAskedOfHost(slots.at(lead.slot).fact);
}
