import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { Condition } from "./condition";
import { FEW } from "./few";
import { isPresence } from "./lookup";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** To go over so many bytes of a value is as much as to go to the next one: two to this power. */
export const BYTES_A_VALUE_BITS: u32 = 6;

/** The value added last, of the field that is being filled: fields are filled one after the other. */
let last: usize = 0;

/**
 * What a field of a rule asks for: one of its values must match, or with `negated` none (AuthorizationPolicy's `not…`
 * twins and `notValues`).
 *
 * A value is a condition or, where it takes several, a list of them along `next`, all of which must be met. Its other
 * values follow along `or`. None of them is inverted or met by what is missing: a table finds each.
 */
@unmanaged
export class Field {
  negated: bool;
  /** While an index is made: whether it leads by this one of an alternative's fields. */
  leads: bool;
  /** The values that are tried one by one. */
  values: Condition | null;
  /**
   * While an index is made, if only requests with one of the values can meet the field: where the addresses of their buckets are
   * (`set-filling.ts`). Then, if the values are not tried one by one, the `ValueTable` that leads to them. Else 0.
   */
  buckets: usize;
  /** The next field, which must hold too. */
  next: Field | null;

  /** A field without values yet. */
  static open(region: Region, negated: bool): Field {
    const field = changetype<Field>(region.take(offsetof<Field>()));
    field.negated = negated;
    return field;
  }

  /** Adds a value after the others. If one was added to another field since the first of this one, `goOn` must have been called. */
  add(value: Condition): void {
    if (this.values == null) this.values = value;
    else changetype<Condition>(last).or = value;
    last = changetype<usize>(value);
  }

  /** Has values be added here again, after the `value` that `lastAdded` gave, or after all others if it is null. */
  goOn(value: Condition | null): void {
    let end = value == null ? this.values : value;
    while (end != null) {
      last = changetype<usize>(end);
      end = end.or;
    }
  }

  /** Whether the current request has what is asked for. */
  holds(): bool {
    return this.anyMet() != this.negated;
  }

  /**
   * Puts many values where a request's own lead to them; to be called when all are added. It is done later (`memory/agenda.ts`), some values
   * at a time; `scratch` is needed no more then.
   */
  pack(region: Region, scratch: Region): void {
    this.buckets = 0;
    if (this.isLong) this.packLater(region, scratch);
  }

  /** The same if some values are still left to be added later: it is done after that. */
  packLater(region: Region, scratch: Region): void {
    const packing = changetype<Packing>(scratch.take(offsetof<Packing>()));
    packing.field = this;
    packing.region = region;
    packing.scratch = scratch;
    packing.windows = Windows.open(scratch);
    later<Packing>(packSome, packing);
  }

  /** Whether there are more than a few values. */
  private get isLong(): bool {
    let value = this.values;
    for (let i: u32 = 0; i < FEW && value != null; i++) value = value.or;
    return value != null;
  }

  private anyMet(): bool {
    if (oneMet(this.values)) return true;
    const table = changetype<ValueTable | null>(this.buckets);
    if (table == null) return false;
    let bucket = table.firstBucket();
    while (bucket != null) {
      if (oneMet(changetype<Condition | null>(bucket.first))) return true;
      bucket = table.nextBucket();
    }
    return false;
  }
}

/** The packing of a field: its values are counted, and the windows of those that are expressions; then each is put into the table. */
@unmanaged
class Packing {
  field: Field;
  region: Region;
  scratch: Region;
  /** How far `scratch` was filled before the first value: fields are packed one after the other. */
  mark: usize;
  windows: Windows;
  /** Null while the values are counted. */
  table: ValueTable | null;
  /** The value that comes next. */
  value: Condition | null;
  count: u32;
  alone: u32;

  step(): bool {
    if (this.count == 0) this.begin();
    const table = this.table;
    let value = this.value;
    for (let left: i32 = ITEMS_A_STEP; left > 0 && value != null; left--) {
      const next = value.or;
      const regex = value.next == null ? value.regex : null;
      if (regex != null) {
        left -= regex.required.length >> BYTES_A_VALUE_BITS;
        this.windows.visit(value, table == null);
      }
      if (table == null) this.count++;
      else left -= this.put(value, table) >> BYTES_A_VALUE_BITS;
      value = next;
    }
    this.value = value;
    if (value != null) return false;
    return table == null ? this.endCounting() : this.end(table);
  }

  private begin(): void {
    this.mark = this.scratch.mark;
    this.value = this.field.values;
  }

  private endCounting(): bool {
    if (this.count <= FEW) return true;
    this.table = ValueTable.open(this.region, this.count);
    this.value = this.field.values;
    return false;
  }

  /** Puts a value into the table; gives how many bytes that took. */
  private put(value: Condition, table: ValueTable): u32 {
    const lead = leadOf(value);
    if (countsTried() && isPresence(lead)) this.alone++;
    const bucket = table.bucketFor(lead);
    table.use(bucket);
    value.or = changetype<Condition | null>(bucket.first);
    bucket.first = changetype<usize>(value);
    return bucket.length;
  }

  private end(table: ValueTable): bool {
    if (countsTried()) noteTried(this.alone);
    const field = this.field;
    field.values = null;
    field.buckets = changetype<usize>(table);
    this.scratch.rewind(this.mark);
    return true;
  }
}

function packSome(packing: Packing): bool {
  return packing.step();
}

/** The value that was added last to a field. */
export function lastAdded(): Condition | null {
  return changetype<Condition | null>(last);
}

/** The condition of a value that a table finds: rather one that asks for more than presence, else the last. */
export function leadOf(value: Condition): Condition {
  if (value.next == null) return value;
  let lead = value;
  let condition: Condition | null = value;
  while (condition != null) {
    lead = condition;
    if (!isPresence(lead)) break;
    condition = condition.next;
  }
  return lead;
}

/** Whether the current request meets one of the values along `or`. */
function oneMet(values: Condition | null): bool {
  let value = values;
  while (value != null) {
    if (isMet(value)) return true;
    value = value.or;
  }
  return false;
}

function isMet(value: Condition): bool {
  let condition: Condition | null = value;
  while (condition != null) {
    if (!condition.isMet()) return false;
    condition = condition.next;
  }
  return true;
}
