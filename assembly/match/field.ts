import { ITEMS_A_STEP, later } from "../memory/agenda";
import { Region } from "../memory/region";
import { Bucket } from "./buckets";
import { Condition } from "./condition";
import { FEW } from "./few";
import { isLookup, isPresence } from "./lookup";
import { countsTried, noteTried } from "./tried";
import { ValueTable } from "./value-table";
import { Windows } from "./windows";

/** The value added last, of the field that is being filled: fields are filled one after the other. */
let last: usize = 0;

/**
 * What a field of a rule asks for: one of its values must match, or with `negated` none (AuthorizationPolicy's `not…`
 * twins and `notValues`).
 *
 * A value is a condition or, where it takes several, a list of them along `next`, all of which must be met. Its other
 * values follow along `or`.
 */
@unmanaged
export class Field {
  negated: bool;
  /** The values that are tried one by one. */
  values: Condition | null;
  /**
   * While an index is made, if only requests with one of the values can meet the field: the addresses of their buckets. Then, if
   * some values are not tried one by one, the `ValueTable` that leads to them. Else 0.
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
    const count = this.count();
    if (count <= FEW) return;
    const counted = Region.open();
    const windows = Windows.open(counted);
    this.visitExpressions(windows, true);
    this.visitExpressions(windows, false);
    counted.close();
    const packing = changetype<Packing>(scratch.take(offsetof<Packing>()));
    packing.field = this;
    packing.table = ValueTable.open(region, count);
    packing.value = this.values;
    later<Packing>(packSome, packing);
  }

  /** Counts the windows of the values that are expressions or chooses them, if they have none yet; gives whether any has some. */
  visitExpressions(windows: Windows, counts: bool): bool {
    let visited = false;
    let value = this.values;
    while (value != null) {
      if (value.next == null && windows.visit(value, counts)) visited = true;
      value = value.or;
    }
    return visited;
  }

  private count(): u32 {
    let count: u32 = 0;
    let value = this.values;
    while (value != null) {
      count++;
      value = value.or;
    }
    return count;
  }

  private anyMet(): bool {
    if (oneMet(this.values)) return true;
    const table = changetype<ValueTable | null>(this.buckets);
    if (table == null) return false;
    table.begin();
    let bucket: Bucket | null = table.nextBucket();
    while (bucket != null) {
      if (oneMet(changetype<Condition | null>(bucket.first))) return true;
      bucket = table.nextBucket();
    }
    return false;
  }
}

/** The packing of a field. */
@unmanaged
class Packing {
  field: Field;
  table: ValueTable;
  /** The value that comes next. */
  value: Condition | null;
  /** Those that are tried one by one. */
  kept: Condition | null;
  alone: u32;
}

function packSome(packing: Packing): bool {
  const table = packing.table;
  let value = packing.value;
  for (let i: u32 = 0; i < ITEMS_A_STEP && value != null; i++) {
    const next = value.or;
    const lead = leadOf(value);
    if (countsTried() && (lead == null || isPresence(lead))) packing.alone++;
    if (lead == null) {
      value.or = packing.kept;
      packing.kept = value;
    } else {
      const bucket = table.bucketFor(lead);
      table.use(bucket);
      value.or = changetype<Condition | null>(bucket.first);
      bucket.first = changetype<usize>(value);
    }
    value = next;
  }
  packing.value = value;
  if (value != null) return false;
  if (countsTried()) noteTried(packing.alone);
  const field = packing.field;
  field.values = packing.kept;
  field.buckets = changetype<usize>(table);
  return true;
}

/** The value that was added last to a field. */
export function lastAdded(): Condition | null {
  return changetype<Condition | null>(last);
}

/**
 * The condition of a value that only a request can meet which a table finds, rather one that asks for more than presence; null where
 * it has none.
 */
export function leadOf(value: Condition): Condition | null {
  let presence: Condition | null = null;
  let condition: Condition | null = value;
  while (condition != null) {
    if (isLookup(condition)) {
      if (!isPresence(condition)) return condition;
      presence = condition;
    }
    condition = condition.next;
  }
  return presence;
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
